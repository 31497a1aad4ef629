use unicode_width::UnicodeWidthStr;

use super::fixture;
use crate::report::{Input, console_table};
use crate::table::PolicyTables;

fn table(policies: &[PolicyTables], width: usize, color: bool) -> String {
    let description = fixture::description(policies);
    console_table(
        &Input { description: &description, policies, partial: None, gates: &[] },
        width,
        color,
    )
}

fn widest(table: &str) -> usize {
    table.lines().map(|line| line.width()).max().unwrap_or(0)
}

#[test]
fn policies_stand_side_by_side_and_baselines_apart() {
    let table = table(&fixture::office(), 80, false);
    assert!(widest(&table) <= 80);
    insta::assert_snapshot!(table, @r"
office: What would a stricter session cost the people in the office?
1,234 users, 431,201 records, 5 Jan 2026 to 1 Feb 2026; seed 7

                                 today  strict relaxed │   never  always
Re-logins
  re-logins per user-day, mean    0.23    2.18    0.05 │    0.00   21.92
  95% of the users at most        0.49    4.59    0.11 │    0.00   46.03
  re-logins in all               4,645  43,698   1,060 │       0 438,357
  after an idle timeout          3,423  33,105     530 │       0       0
  after an absolute timeout        978   7,945     530 │       0 438,357
  after a closed browser           244   2,648       0 │       0       0
  in the middle of a task          929   8,739     212 │       0  87,671
Interactive logins
  logins in all                  4,891  44,141   1,325 │       0 439,236
Requests to the identity provider
  by login                       4,891  44,141   1,325 │       0 439,236
  by silent authentication      39,999 153,756  17,962 │     784       0
  by refresh token             101,070  25,409  62,997 │       0       0
  refused                            0     809       0 │       0       0
  fullest second, requests/s         9      12       5 │       1      25
  fullest minute, requests/min      59      84      35 │       1     174
Sessions
  most at once                     812     403     940 │   1,150      12
  left unattended, h            49,735  24,684  57,575 │  70,438     735
Access tokens
  access after revocation, h      12.0     0.5    24.0 │     0.0     0.0
");
}

#[test]
fn a_name_breaks_at_its_joints_before_the_table_turns_round() {
    let mut policies = fixture::office();
    policies[1].name = "strict-with-refresh and-a-pledge".to_owned();
    let table = table(&policies, 75, false);
    assert!(widest(&table) <= 75, "{table}");
    let heads = table.lines().skip(3).take_while(|line| *line != "Re-logins");
    let words: Vec<&str> = heads.flat_map(str::split_whitespace).filter(|w| *w != "│").collect();
    let joints = ["strict-", "with-", "refresh", "and-a-"];
    assert_eq!(words, [&joints[..], &["today", "pledge", "relaxed", "never", "always"]].concat());
}

#[test]
fn many_policies_stand_below_another() {
    let table = table(&fixture::many(8), 80, false);
    assert!(widest(&table) <= 80);
    insta::assert_snapshot!(table, @r"
office: What would a stricter session cost the people in the office?
1,234 users, 431,201 records, 5 Jan 2026 to 1 Feb 2026; seed 7

Re-logins
            re-logins per                                              after an
                user-day,     95% of the  re-logins in  after an idle  absolute
                     mean  users at most           all        timeout   timeout
idle 192h            0.07           0.15         1,444            963       321
idle 168h            0.17           0.37         3,488          2,326       775
idle 144h            0.29           0.60         5,733          3,822     1,274
idle 120h            0.40           0.84         8,010          5,340     1,780
idle 96h             0.52           1.09        10,408          6,939     2,313
idle 72h             0.64           1.35        12,890          8,594     2,864
idle 48h             0.77           1.61        15,349         10,233     3,411
idle 24h             0.90           1.88        17,946         11,964     3,988
───────────────────────────────────────────────────────────────────────────────
never                0.00           0.00             0              0         0
always              21.92          46.03       438,357              0   438,357

Re-logins
            after a
             closed  in the middle
            browser      of a task
idle 192h       160            288
idle 168h       387            697
idle 144h       637          1,146
idle 120h       890          1,602
idle 96h      1,156          2,081
idle 72h      1,432          2,578
idle 48h      1,705          3,069
idle 24h      1,994          3,589
──────────────────────────────────
never             0              0
always            0         87,671

Interactive logins
            logins in all
idle 192h           1,606
idle 168h           3,877
idle 144h           6,370
idle 120h           8,901
idle 96h           11,565
idle 72h           14,324
idle 48h           17,056
idle 24h           19,940
─────────────────────────
never                   0
always            439,236

Requests to the identity provider
                                                              fullest
                           by silent  by refresh              second,
            by login  authentication       token  refused  requests/s
idle 192h      1,606          17,962     208,547      192          13
idle 168h      3,877          33,228     120,018      192           9
idle 144h      6,370          48,990      83,278      192           8
idle 120h      8,901          64,838      63,245      192           8
idle 96h      11,565          80,756      50,619      192           8
idle 72h      14,324          96,569      41,958      192           9
idle 48h      17,056         112,611      35,616      192          10
idle 24h      19,940         128,626      30,874      192          10
─────────────────────────────────────────────────────────────────────
never              0             784           0        0           1
always       439,236               0           0        0          25

Requests to the identity provider
                 fullest
                 minute,
            requests/min
idle 192h             91
idle 168h             63
idle 144h             56
idle 120h             55
idle 96h              56
idle 72h              60
idle 48h              64
idle 24h              69
────────────────────────
never                  1
always               174

Sessions
                                   left
            most at once  unattended, h
idle 192h            900         55,125
idle 168h            860         52,675
idle 144h            820         50,225
idle 120h            780         47,775
idle 96h             740         45,325
idle 72h             700         42,875
idle 48h             660         40,425
idle 24h             620         37,975
───────────────────────────────────────
never              1,150         70,438
always                12            735

Access tokens
             access after
            revocation, h
idle 192h            24.0
idle 168h            14.1
idle 144h            10.0
idle 120h             7.7
idle 96h              6.3
idle 72h              5.3
idle 48h              4.6
idle 24h              4.1
─────────────────────────
never                 0.0
always                0.0
");
}

#[test]
fn a_table_is_never_wider_than_the_terminal() {
    let mut long = fixture::many(12);
    for policy in &mut long {
        policy.name = format!("{:w<52}{}", "a name of sixty letters ", policy.name);
    }
    let mut empty = fixture::office();
    fixture::empty(&mut empty);
    for policies in [fixture::office(), fixture::many(12), long, empty, Vec::new()] {
        for width in [60, 80, 120, 300] {
            let table = table(&policies, width, false);
            assert!(widest(&table) <= width, "{width}:\n{table}");
            assert!(table.ends_with('\n') && !table.ends_with("\n\n"));
        }
    }
}

#[test]
fn colour_changes_nothing_but_colour() {
    for policies in [fixture::office(), fixture::many(8)] {
        let coloured = table(&policies, 80, true);
        let plain = ["\u{1b}[0m", "\u{1b}[1m", "\u{1b}[2m"]
            .into_iter()
            .fold(coloured.clone(), |text, code| text.replace(code, ""));
        assert_ne!(coloured, plain);
        assert_eq!(plain, table(&policies, 80, false));
    }
}

#[test]
fn a_name_cannot_steer_the_terminal() {
    let mut policies = fixture::office();
    policies[1].name = "\u{1b}]0;owned\u{7}".to_owned();
    assert!(!table(&policies, 120, false).contains(['\u{1b}', '\u{7}']));
}

#[test]
fn a_partial_result_says_so() {
    let policies = fixture::office();
    let description = fixture::description(&policies);
    let partial = Some("interrupted after 812 of 1,234 users".to_owned());
    let table = console_table(
        &Input { description: &description, policies: &policies, partial, gates: &[] },
        80,
        false,
    );
    assert!(table.contains("\nPartial result: interrupted after 812 of 1,234 users\n"));
}
