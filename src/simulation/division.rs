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
    homes: Vec<Home>,
    users: usize,
    most_agents: usize,
}

/// Where an agent belongs.
#[derive(Clone, Copy, Debug)]
struct Home {
    user: u32,
    /// Its place in its partition, where a user's agents stand together.
    place: u32,
    /// Its number among its user's agents.
    ordinal: u32,
}

impl Division {
    /// Divides the users of `names` into `partitions` of nearly the same number of users.
    pub fn new(names: &Names, partitions: usize) -> Self {
        let mut agents = vec![Vec::new(); partitions.max(1)];
        let unknown = Home { user: 0, place: 0, ordinal: 0 };
        let mut homes = vec![unknown; names.agents()];
        let mut most_agents = 0;
        for user in 0..names.users() {
            let own = user % partitions.max(1);
            let of_user = names.agents_of(UserId::new(user));
            for (agent, ordinal) in of_user.zip(0..) {
                let place = AgentId::new(agents[own].len()).index() as u32;
                homes[agent.index()] = Home { user: user as u32, place, ordinal };
                agents[own].push(agent);
                most_agents = most_agents.max(ordinal as usize + 1);
            }
        }
        Self { agents, homes, users: names.users(), most_agents }
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

    /// How many agents a user has at most.
    pub fn most_agents(&self) -> usize {
        self.most_agents
    }

    /// The agents of a partition, by place.
    pub fn agents(&self, partition: usize) -> &[AgentId] {
        &self.agents[partition]
    }

    /// The partition that an agent is in, and its place there.
    #[inline]
    pub(super) fn home_of(&self, agent: AgentId) -> (usize, usize) {
        let home = self.homes[agent.index()];
        (home.user as usize % self.partitions(), home.place as usize)
    }

    /// The user of an agent.
    #[inline]
    pub(super) fn user_of(&self, agent: AgentId) -> UserId {
        UserId::from_number(self.homes[agent.index()].user)
    }

    /// An agent with its places.
    #[inline]
    pub fn who(&self, agent: AgentId) -> Who {
        let home = self.homes[agent.index()];
        Who {
            agent,
            user: UserId::from_number(home.user),
            agent_place: home.place as usize,
            user_place: home.user as usize / self.partitions(),
            ordinal: home.ordinal as usize,
        }
    }
}
