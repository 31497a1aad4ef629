//! What a provider needs that is run by oneself: a linear model.

use crate::bill::{Besides, Database, Memory, Size, Sizing};

/// Where Keycloak's constants stand: its sizing guide.
pub const KEYCLOAK_GUIDE: &str =
    "https://www.keycloak.org/high-availability/concepts-memory-and-cpu-sizing";

/// Keycloak's sizing guide.
///
/// It has a figure for password logins, for refreshes and for client credentials grants. The other
/// kinds take what a refresh does, for that is what they are closest to: a silent authentication is
/// answered from the session's cookie, no password is hashed, and hashing is most of a login; a
/// refusal is found out by the same look-ups, without a token to sign; an introspection is a check
/// of a token by a client that authenticates itself.
pub fn keycloak() -> Sizing {
    Sizing {
        name: "keycloak".to_owned(),
        source: KEYCLOAK_GUIDE.to_owned(),
        pods: 3,
        headroom: 1.5,
        per_vcpu: [15.0, 120.0, 120.0, 120.0, 120.0],
        client_credentials_per_vcpu: 120.0,
        tested: [Some(300.0), None, Some(435.0), None, None],
        besides: Besides::default(),
        // Sessions beyond the cached 10,000 stand in the database alone, so a pod does not grow
        // with them.
        memory: Memory {
            base_mb: 1_250.0,
            nonheap_mb: 300.0,
            heap_share: 0.7,
            per_1000_sessions_mb: 0.0,
        },
        database: Database { write_iops: 1_400.0, vcpu_low: 0.35, vcpu_high: 0.7 },
    }
}

/// The vCPU that one request a second of each kind takes.
pub fn weights(sizing: &Sizing) -> [f64; 5] {
    sizing.per_vcpu.map(|rate| 1.0 / rate)
}

/// What is needed for these requests per second, by kind, while so many sessions are alive.
/// `at` and the mean are left open.
pub fn size(sizing: &Sizing, rates: [f64; 5], sessions: f64) -> Size {
    let mut vcpu = weights(sizing);
    vcpu.iter_mut().zip(rates).for_each(|(vcpu, rate)| *vcpu *= rate);
    let vcpu_besides = sizing.besides.client_credentials / sizing.client_credentials_per_vcpu;
    let vcpu_total = vcpu.iter().sum::<f64>() + vcpu_besides;
    let Memory { base_mb, nonheap_mb, heap_share, per_1000_sessions_mb } = sizing.memory;
    let own_sessions = sessions / 1_000.0 / f64::from(sizing.pods);
    let memory_request_mb = base_mb + own_sessions * per_1000_sessions_mb;
    let [login, silent, refresh, _, _] = rates;
    let database_requests = login + silent + refresh + sizing.besides.logouts;
    let hundreds = database_requests / 100.0;
    let Database { write_iops, vcpu_low, vcpu_high } = sizing.database;
    Size {
        at: None,
        rates,
        vcpu,
        vcpu_besides,
        vcpu_total,
        vcpu_limit: vcpu_total * (1.0 + sizing.headroom),
        vcpu_mean: vcpu_besides,
        memory_request_mb,
        memory_limit_mb: (memory_request_mb - nonheap_mb) / heap_share,
        database_requests,
        write_iops: hundreds * write_iops,
        database_vcpu: (hundreds * vcpu_low, hundreds * vcpu_high),
    }
}

/// Requests per second of clients that stay open and renew by a timer: each `lifetime - margin`
/// seconds. Clients that renew when they need a token ask that often at most.
pub fn renewal_rate(open_clients: f64, lifetime: f64, margin: f64) -> f64 {
    open_clients / (lifetime - margin)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(value: f64, expected: f64) {
        assert!((value - expected).abs() <= 1e-9 * expected.abs(), "{value} is not {expected}");
    }

    /// The guide's own example, as it publishes it: where it rounds, so does this.
    #[test]
    fn the_guides_example_comes_out() {
        let mut sizing = keycloak();
        sizing.besides = Besides { client_credentials: 360.0, logouts: 5.0 };
        let size = size(&sizing, [45.0, 0.0, 360.0, 0.0, 0.0], 10_000.0);
        assert_eq!((size.vcpu[0], size.vcpu_besides), (3.0, 3.0));
        near(size.vcpu[2], 3.0);
        near(size.vcpu_total, 9.0);
        near(size.vcpu_total / 3.0, 3.0);
        near(size.vcpu_limit / 3.0, 7.5);
        near(size.database_requests, 410.0);
        near(size.database_vcpu.0, 1.435);
        near(size.database_vcpu.1, 2.87);
        near(size.write_iops, 5_740.0);
        assert_eq!(size.memory_request_mb, 1_250.0);
        assert_eq!(format!("{:.2}", size.memory_limit_mb), "1357.14");
        // It says 1,360 MB, and 1.4 to 2.8 vCPU for 400 requests per second.
        assert_eq!((size.memory_limit_mb / 10.0).round() * 10.0, 1_360.0);
        near((size.database_vcpu.0 * 10.0).floor() / 10.0, 1.4);
        near((size.database_vcpu.1 * 10.0).floor() / 10.0, 2.8);
    }

    /// <https://www.keycloak.org/high-availability/> tells of a run with 1,000 logins and 20,000
    /// refreshes a second on 6 pods of 40 vCPU.
    #[test]
    fn the_guides_greatest_run_fits_what_was_provided() {
        let needed = size(&keycloak(), [1_000.0, 0.0, 20_000.0, 0.0, 0.0], 0.0).vcpu_total;
        near(needed, 1_000.0 / 15.0 + 20_000.0 / 120.0);
        assert_eq!(needed.round(), 233.0);
        assert!(needed < 6.0 * 40.0);
    }

    #[test]
    fn it_is_linear_and_nothing_takes_nothing() {
        let sizing = keycloak();
        assert_eq!(size(&sizing, [0.0; 5], 0.0).vcpu_total, 0.0);
        let one = size(&sizing, [1.0, 2.0, 3.0, 4.0, 5.0], 0.0);
        let ten = size(&sizing, [10.0, 20.0, 30.0, 40.0, 50.0], 0.0);
        near(ten.vcpu_total, 10.0 * one.vcpu_total);
        near(ten.write_iops, 10.0 * one.write_iops);
    }

    #[test]
    fn sessions_take_memory_where_that_is_said() {
        let mut sizing = keycloak();
        sizing.memory.per_1000_sessions_mb = 5.0;
        let size = size(&sizing, [0.0; 5], 300_000.0);
        near(size.memory_request_mb, 1_250.0 + 500.0);
    }

    #[test]
    fn open_clients_renew_steadily() {
        let often = renewal_rate(100_000.0, 300.0, 60.0);
        assert_eq!(often.round(), 417.0);
        let seldom = renewal_rate(100_000.0, 3_600.0, 60.0);
        assert_eq!(seldom.round(), 28.0);
        let vcpu = |rate| size(&keycloak(), [0.0, 0.0, rate, 0.0, 0.0], 0.0).vcpu_total;
        assert_eq!(format!("{:.1} {:.2}", vcpu(often), vcpu(seldom)), "3.5 0.24");
    }
}
