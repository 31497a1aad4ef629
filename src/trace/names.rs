//! The users and agents of a trace, by name and by id.

use std::collections::HashMap;

use crate::model::{AgentId, UserId};

/// Users and agents in the order of their first appearance.
#[derive(Clone, Debug, Default)]
pub struct Names {
    users: Vec<Box<str>>,
    agents: Vec<AgentName>,
    user_ids: HashMap<Box<str>, UserId>,
    /// The agent of each user that appeared first; others follow by `next`.
    first_agents: Vec<AgentId>,
}

#[derive(Clone, Debug)]
struct AgentName {
    user: UserId,
    device: Box<str>,
    /// The user's agent that appeared next.
    next: Option<AgentId>,
}

impl Names {
    /// The agent of that user and device, new or known.
    pub fn agent(&mut self, user: &str, device: &str) -> AgentId {
        let Some(&known) = self.user_ids.get(user) else {
            return self.new_user(user, device);
        };
        let mut agent = self.first_agents[known.index()];
        loop {
            let name = &self.agents[agent.index()];
            if &*name.device == device {
                return agent;
            }
            let Some(next) = name.next else { break };
            agent = next;
        }
        let new = AgentId::new(self.agents.len());
        self.agents[agent.index()].next = Some(new);
        self.agents.push(AgentName { user: known, device: device.into(), next: None });
        new
    }

    fn new_user(&mut self, user: &str, device: &str) -> AgentId {
        let (id, agent) = (UserId::new(self.users.len()), AgentId::new(self.agents.len()));
        self.users.push(user.into());
        self.user_ids.insert(user.into(), id);
        self.first_agents.push(agent);
        self.agents.push(AgentName { user: id, device: device.into(), next: None });
        agent
    }

    /// How many users there are.
    pub fn users(&self) -> usize {
        self.users.len()
    }

    /// How many agents there are.
    pub fn agents(&self) -> usize {
        self.agents.len()
    }

    /// A user's name.
    #[inline]
    pub fn user(&self, user: UserId) -> &str {
        &self.users[user.index()]
    }

    /// Whose agent it is.
    #[inline]
    pub fn user_of(&self, agent: AgentId) -> UserId {
        self.agents[agent.index()].user
    }

    /// An agent's device; empty when the trace does not tell.
    #[inline]
    pub fn device(&self, agent: AgentId) -> &str {
        &self.agents[agent.index()].device
    }

    /// A user's agents, in the order of their first appearance.
    pub fn agents_of(&self, user: UserId) -> impl Iterator<Item = AgentId> + '_ {
        let first = Some(self.first_agents[user.index()]);
        std::iter::successors(first, |agent| self.agents[agent.index()].next)
    }
}
