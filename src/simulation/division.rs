//! How the users of a run are divided among threads.

use super::Who;
use crate::model::{AgentId, UserId};
use crate::trace::Names;

/// A division of users, each with all their agents, into partitions. What a run finds out does
/// not depend on it.
#[derive(Clone, Debug)]
pub struct Division {
    /// By partition: its agents, by place.
    agents: Vec<Vec<AgentId>>,
    /// By agent: its place in its partition.
    places: Vec<u32>,
    users: usize,
}

impl Division {
    /// Divides the users of `names` into `partitions` of nearly the same number of users.
    pub fn new(names: &Names, partitions: usize) -> Self {
        let mut agents = vec![Vec::new(); partitions.max(1)];
        let mut places = Vec::with_capacity(names.agents());
        for agent in (0..names.agents()).map(AgentId::new) {
            let own = names.user_of(agent).index() % agents.len();
            places.push(AgentId::new(agents[own].len()).index() as u32);
            agents[own].push(agent);
        }
        Self { agents, places, users: names.users() }
    }

    /// How many partitions there are.
    pub fn partitions(&self) -> usize {
        self.agents.len()
    }

    /// How many users and agents a partition has.
    pub fn size(&self, partition: usize) -> (usize, usize) {
        let users = (self.users + self.partitions() - 1 - partition) / self.partitions();
        (users, self.agents[partition].len())
    }

    /// The agents of a partition.
    pub fn agents(&self, partition: usize) -> &[AgentId] {
        &self.agents[partition]
    }

    /// The partition that a user is in.
    #[inline]
    pub fn partition_of(&self, user: UserId) -> usize {
        user.index() % self.partitions()
    }

    /// An agent with its places.
    #[inline]
    pub fn who(&self, names: &Names, agent: AgentId) -> Who {
        let user = names.user_of(agent);
        Who {
            agent,
            user,
            agent_place: self.places[agent.index()] as usize,
            user_place: user.index() / self.partitions(),
        }
    }
}
