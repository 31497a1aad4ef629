//! How long each agent stayed away from one use to the next, and over which of these gaps a policy
//! kept its access: what the clairvoyant bound is made of.

use super::bound::Kept;
use crate::model::{Fact, Initiator, Instant, Outcome, SessionChange, Span};
use crate::simulation::{Order, Sink, Who};

/// Takes the facts of one partition under one policy.
#[derive(Clone, Debug, Default)]
pub struct Presence {
    /// Gaps that end before are not counted.
    counted_from: i64,
    /// By agent: the last use.
    last: Vec<Option<Instant>>,
    /// By agent: when its session ends unless something happens.
    session_end: Vec<Instant>,
    gaps: Vec<i64>,
    kept: Kept,
}

/// Gaps, ascending and distinct, each with how many there are; and which of them a policy kept.
pub type Stays = (Vec<(Span, u64)>, Kept);

impl Presence {
    /// Takes what happens to so many agents; gaps count that end at `counted_from` or later.
    pub fn new(agents: usize, counted_from: Instant) -> Self {
        let counted_from = counted_from.as_millis();
        let (last, session_end) = (vec![None; agents], vec![Instant::LONG_AGO; agents]);
        Self { counted_from, last, session_end, ..Self::default() }
    }

    /// The gaps that some partitions met, ascending and distinct, and which of them were kept. A
    /// gap that ends with a login which no policy forced, after a logout or a revocation, is none.
    pub fn together(parts: impl IntoIterator<Item = Self>) -> Stays {
        let (mut gaps, mut kept) = (Vec::new(), Kept::default());
        for part in parts {
            gaps.extend(part.gaps);
            kept.gaps += part.kept.gaps;
            kept.relogins += part.kept.relogins;
            kept.open += part.kept.open;
        }
        gaps.sort_unstable();
        let runs = gaps.chunk_by(|one, other| one == other);
        (runs.map(|run| (Span::from_millis(run[0]), run.len() as u64)).collect(), kept)
    }
}

impl Sink for Presence {
    fn record(&mut self, who: Who, order: Order, fact: &Fact) {
        let end = &mut self.session_end[who.agent_place];
        let access = match fact {
            Fact::Access(access) => access,
            Fact::LoggedOut { ends_session, .. }
            | Fact::BrowserClosed { ends_session }
            | Fact::Revoked { ends_session } => {
                if *ends_session {
                    *end = order.at;
                }
                return;
            }
        };
        let ended = *end;
        match access.session {
            SessionChange::None => {}
            SessionChange::Started { expires_at } | SessionChange::Renewed { expires_at } => {
                *end = expires_at;
            }
        }
        if access.initiator != Initiator::Use {
            return;
        }
        let Some(last) = self.last[who.agent_place].replace(order.at) else { return };
        if order.at.as_millis() < self.counted_from {
            return;
        }
        let gap = (order.at - last).as_millis();
        match access.outcome {
            Outcome::Login if access.cause.is_some_and(|cause| cause.is_relogin()) => {
                self.kept.relogins += 1;
                let open = (ended.min(order.at) - last).as_millis();
                self.kept.open += i128::from(open.max(0));
            }
            Outcome::Login => return,
            _ => {
                self.kept.gaps += 1;
                self.kept.open += i128::from(gap);
            }
        }
        self.gaps.push(gap);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::bound::regret;
    use super::*;
    use crate::model::{
        Agent, AgentId, AppId, AppPolicy, Lifetime, Limit, Policy, Request, SessionPolicy,
        TokenPolicy, UserId, apply, decide,
    };
    use crate::model::{ApiId, SlidesOn};

    const WHO: Who = Who {
        agent: AgentId::from_number(0),
        user: UserId::from_number(0),
        agent_place: 0,
        user_place: 0,
        ordinal: 0,
    };

    fn policy([idle, absolute, token]: [i64; 3], slides_on_use: bool) -> Policy {
        let limit = |minutes: i64| Limit::of(Span::from_mins(minutes));
        let lifetime = Lifetime::Fixed(limit(token));
        let app = AppPolicy::new(vec![TokenPolicy { api: ApiId::new(0), lifetime }]);
        let mut session = SessionPolicy::new(limit(idle), limit(absolute));
        session.slides_on = SlidesOn { r#use: slides_on_use, ..SlidesOn::DEFAULT };
        Policy::new(session, Span::ZERO, vec![app])
    }

    /// Replays uses that are so many minutes apart.
    fn replay(policy: &Policy, gaps: &[i64]) -> (Vec<(Span, u64)>, Kept) {
        let mut presence = Presence::new(1, Instant::LONG_AGO);
        let mut agent = Agent::new(policy);
        let mut at = Instant::from_millis(0);
        for gap in [0].iter().chain(gaps) {
            at = at + Span::from_mins(*gap);
            let request = Request::Use(AppId::new(0), None);
            let fact = decide(agent.as_ref(), policy, at, request, &|_, _, _| 0);
            apply(&mut agent.as_mut(), policy.layout(), at, &fact);
            presence.record(WHO, Order { at, by_record: true, number: 0 }, &fact);
        }
        Presence::together([presence])
    }

    #[test]
    fn a_kept_gap_is_open_for_all_of_its_length_another_until_the_session_ends() {
        let (gaps, kept) = replay(&policy([30, 10_000, 5], true), &[10, 20, 40, 10]);
        let minutes = |minutes: i64, count| (Span::from_mins(minutes), count);
        assert_eq!(gaps, [minutes(10, 2), minutes(20, 1), minutes(40, 1)]);
        assert_eq!(kept, Kept { gaps: 3, relogins: 1, open: (40 + 30) * 60_000 });
    }

    proptest! {
        /// No policy that is replayed forces fewer re-logins than the bound for what it leaves open.
        #[test]
        fn no_replayed_policy_beats_whoever_knows_the_gaps(
            limits in prop::array::uniform3(1_i64..600),
            slides_on_use in any::<bool>(),
            gaps in prop::collection::vec(1_i64..900, 0..60),
        ) {
            let (all, kept) = replay(&policy(limits, slides_on_use), &gaps);
            prop_assert_eq!(kept.gaps + kept.relogins, gaps.len() as u64);
            let regret = regret(&all, kept);
            prop_assert!(regret.fewest <= regret.relogins, "{regret:?}");
        }
    }
}
