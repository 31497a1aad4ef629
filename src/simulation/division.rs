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
    /// Its place in its partition.
    place: u32,
    /// Its number among its user's agents.
    ordinal: u32,
}

impl Division {
    /// Divides the users of `names` into `partitions` of nearly the same number of users.
    pub fn new(names: &Names, partitions: usize) -> Self {
        let mut agents = vec![Vec::new(); partitions.max(1)];
        let mut homes = Vec::with_capacity(names.agents());
        let mut met = vec![0; names.users()];
        for agent in (0..names.agents()).map(AgentId::new) {
            let user = names.user_of(agent).index();
            let own = user % agents.len();
            let place = AgentId::new(agents[own].len()).index() as u32;
            homes.push(Home { user: user as u32, place, ordinal: met[user] });
            met[user] += 1;
            agents[own].push(agent);
        }
        let most_agents = met.into_iter().max().unwrap_or(0) as usize;
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

    /// The agents of a partition.
    pub fn agents(&self, partition: usize) -> &[AgentId] {
        &self.agents[partition]
    }

    /// The partition that an agent is in, and its user's place there.
    #[inline]
    pub(super) fn home_of(&self, agent: AgentId) -> (usize, usize) {
        let user = self.homes[agent.index()].user as usize;
        (user % self.partitions(), user / self.partitions())
    }

    /// An agent's number among its user's.
    #[inline]
    pub(super) fn ordinal(&self, agent: AgentId) -> usize {
        self.homes[agent.index()].ordinal as usize
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
