//! Numbers, lengths of time and names as people read them. Every output that is not meant for a
//! machine takes its words from here, so that a figure looks the same wherever it stands.

const UNITS: [(&str, &str, i64); 5] = [
    ("week", "w", 604_800_000),
    ("day", "d", 86_400_000),
    ("hour", "h", 3_600_000),
    ("minute", "min", 60_000),
    ("second", "s", 1_000),
];

/// A whole number with its thousands apart: `1,234,567`.
pub(super) fn whole(number: u64) -> String {
    let digits = number.to_string();
    let mut apart = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            apart.push(',');
        }
        apart.push(digit);
    }
    apart
}

/// A number with so many decimals, and its thousands apart: `-1,234.50`. A typographic minus.
pub(super) fn fixed(number: f64, decimals: usize) -> String {
    if !number.is_finite() {
        return "–".to_owned();
    }
    let text = format!("{:.decimals$}", number.abs());
    let (integer, fraction) = text.split_once('.').unwrap_or((&text, ""));
    // What rounds to nothing has no sign.
    let negative = number < 0.0 && text.bytes().any(|byte| matches!(byte, b'1'..=b'9'));
    let integer = integer.parse().map_or_else(|_| integer.to_owned(), whole);
    let point = if fraction.is_empty() { "" } else { "." };
    format!("{}{integer}{point}{fraction}", if negative { "−" } else { "" })
}

/// How many decimals a column of measures needs when the greatest of them is `greatest`: about
/// three digits that say something.
pub(super) fn decimals(greatest: f64) -> usize {
    match greatest.abs() {
        size if size >= 100.0 || size == 0.0 => 0,
        size if size >= 10.0 => 1,
        size if size >= 0.1 => 2,
        size if size >= 0.01 => 3,
        _ => 4,
    }
}

/// A measure in running text: about three digits, no idle zeros: `1.8`, `0.031`, `1,240`.
pub(super) fn measure(number: f64) -> String {
    let text = fixed(number, decimals(number));
    if !text.contains('.') {
        return text;
    }
    let trimmed = text.trim_end_matches('0').trim_end_matches('.');
    if trimmed == "0" && number != 0.0 { "below 0.0001".to_owned() } else { trimmed.to_owned() }
}

/// A measure in a headline: two digits that say something: `2.2`, `0.65`, `62`.
pub(super) fn brief(number: f64) -> String {
    let decimals = match number.abs() {
        size if size >= 9.95 => 0,
        size if size >= 0.995 => 1,
        size => decimals(size),
    };
    let text = fixed(number, decimals);
    if !text.contains('.') {
        return text;
    }
    let trimmed = text.trim_end_matches('0').trim_end_matches('.');
    if trimmed == "0" { measure(number) } else { trimmed.to_owned() }
}

/// A part of a whole in percent: `62%`. Less than one is said so rather than as nothing.
pub(super) fn percent(part: f64) -> String {
    match 100.0 * part {
        0.0 => "0%".to_owned(),
        share if share > 0.0 && share < 1.0 => "under 1%".to_owned(),
        share if share > 99.0 && share < 100.0 => "over 99%".to_owned(),
        share => format!("{}%", fixed(share, 0)),
    }
}

/// A difference with its sign: `+1.5`, `−3`, `±0`.
pub(super) fn signed(difference: f64, decimals: usize) -> String {
    let text = fixed(difference, decimals);
    if text.starts_with('−') || !difference.is_finite() {
        return text;
    }
    let sign = if text.bytes().any(|byte| matches!(byte, b'1'..=b'9')) { '+' } else { '±' };
    format!("{sign}{text}")
}

/// How much `to` differs from `from`, as a share of it: `+487%`, `−12%`; nothing where `from` is
/// zero, for there is no such share, and where it rounds to nothing. More than tenfold is said as a multiple.
pub(super) fn relative(from: f64, to: f64) -> Option<String> {
    let share = (to - from) / from;
    if from == 0.0 || share.abs() < 0.005 || !share.is_finite() {
        return None;
    }
    Some(if share >= 9.0 { times(to / from) } else { format!("{}%", signed(100.0 * share, 0)) })
}

/// A multiple: `6×`, `2.3×`.
pub(super) fn times(ratio: f64) -> String {
    let decimals = if ratio < 9.95 { 1 } else { 0 };
    let text = fixed(ratio, decimals);
    format!("{}×", text.strip_suffix(".0").unwrap_or(&text))
}

/// How many times as a person says it: `once`, `twice`, `4.1 times`.
pub(super) fn often(number: f64) -> String {
    match brief(number).as_str() {
        "0" => "not once".to_owned(),
        "1" => "once".to_owned(),
        "2" => "twice".to_owned(),
        times => format!("{times} times"),
    }
}

/// Whether two measures are so near to each other that words should not tell them apart.
pub(super) fn alike(one: f64, other: f64) -> bool {
    (one - other).abs() <= 0.02 * one.abs().max(other.abs())
}

/// How `to` compares with `from`, which is not zero: `23× as many`, `41% more`, `30% fewer`. The
/// words are those for more, for less and for a multiple.
pub(super) fn compared(from: f64, to: f64, [more, less, multiple]: [&str; 3]) -> String {
    let ratio = to / from;
    match ratio {
        _ if alike(from, to) => format!("about {multiple}"),
        ratio if ratio >= 1.95 => format!("{} {multiple}", times(ratio)),
        ratio if ratio > 1.0 => format!("{} {more}", percent(ratio - 1.0)),
        ratio => format!("{} {less}", percent(1.0 - ratio)),
    }
}

/// A length of time in the greatest unit of which it is a whole number, if that is a short one:
/// `4 weeks`, `15 days`, `90 seconds`; otherwise in the greatest that fits: `2.5 hours`.
pub(super) fn span(millis: i64) -> String {
    let fitting = UNITS.iter().find(|(_, _, unit)| millis.abs() >= 2 * unit);
    let exact = UNITS.iter().find(|(_, _, unit)| millis.abs() == *unit);
    let whole = |unit: i64| millis % unit == 0 && (2..100).contains(&(millis.abs() / unit));
    let even = UNITS.iter().find(|(_, _, unit)| whole(*unit));
    match exact.or(even).or(fitting) {
        Some((name, _, unit)) => {
            let amount = millis as f64 / *unit as f64;
            let text = fixed(amount, if amount.fract() == 0.0 || amount >= 10.0 { 0 } else { 1 });
            let text = text.strip_suffix(".0").unwrap_or(&text);
            format!("{text} {name}{}", if text == "1" { "" } else { "s" })
        }
        None if millis == 0 => "none".to_owned(),
        None => format!("{} ms", fixed(millis as f64, 0)),
    }
}

/// A bucket as the denominator of a rate: `minute`, `hour`, `15 minutes`.
pub(super) fn per(millis: i64) -> String {
    let text = span(millis);
    text.strip_prefix("1 ").unwrap_or(&text).to_owned()
}

/// A stretch of time with its article: `a minute`, `an hour`, `15 minutes`.
pub(super) fn stretch(millis: i64) -> String {
    let text = span(millis);
    match text.strip_prefix("1 ") {
        Some("hour") => "an hour".to_owned(),
        Some(unit) => format!("a {unit}"),
        None => text,
    }
}

/// The unit that suits seconds up to `greatest`, and how many seconds it has.
pub(super) fn unit_of_seconds(greatest: f64) -> (&'static str, f64) {
    let shown = UNITS.iter().filter(|(name, ..)| *name != "week");
    let fitting = shown.map(|(_, short, millis)| (*short, *millis as f64 / 1_000.0));
    fitting.clone().find(|(_, seconds)| greatest >= 2.0 * seconds).unwrap_or(("s", 1.0))
}

/// A count and what is counted: `1 user`, `1,234 users`.
pub(super) fn counted(number: u64, what: &str) -> String {
    format!("{} {what}{}", whole(number), if number == 1 { "" } else { "s" })
}

/// A name from a file, safe in a terminal and in XML: control characters and those that turn the
/// direction of writing become a replacement character.
pub(super) fn plain(text: &str) -> String {
    let tame = |c: char| match c {
        '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => '\u{fffd}',
        '\u{fffe}' | '\u{ffff}' => '\u{fffd}',
        c if c.is_control() => '\u{fffd}',
        c => c,
    };
    text.chars().map(tame).collect()
}

/// A name in at most `most` characters.
pub(super) fn short(text: &str, most: usize) -> String {
    shortened(&plain(text), |text| text.chars().count() <= most)
}

/// The longest form of a name that `fits`, an ellipsis in the place of its middle: names that
/// begin alike often differ in their ends. Empty if nothing fits.
pub(super) fn shortened(text: &str, fits: impl Fn(&str) -> bool) -> String {
    if fits(text) {
        return text.to_owned();
    }
    let all: Vec<char> = text.chars().collect();
    let part = |part: &[char]| part.iter().collect::<String>();
    let mut forms = (0..all.len()).rev().map(|kept| {
        let (begin, end) = (part(&all[..kept.div_ceil(2)]), part(&all[all.len() - kept / 2..]));
        format!("{}…{}", begin.trim_end(), end.trim_start())
    });
    forms.find(|form| fits(form)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_well() {
        assert_eq!([0, 999, 1_000, 1_234_567].map(whole), ["0", "999", "1,000", "1,234,567"]);
        assert_eq!(fixed(-1234.5, 2), "−1,234.50");
        assert_eq!(fixed(-0.001, 2), "0.00");
        assert_eq!(fixed(f64::NAN, 2), "–");
        assert_eq!(
            [0.0, 1.8, 0.031, 1240.4, 12.04, 0.000_01].map(measure),
            ["0", "1.8", "0.031", "1,240", "12", "below 0.0001"]
        );
        assert_eq!(
            [0.0, 0.62, 0.001, 1.0, 0.999].map(percent),
            ["0%", "62%", "under 1%", "100%", "over 99%"]
        );
    }

    #[test]
    fn headlines_have_two_digits() {
        assert_eq!(
            [0.0, 2.18, 0.649, 61.66, 9.96, 1.0, 0.003].map(brief),
            ["0", "2.2", "0.65", "62", "10", "1", "0.003"]
        );
    }

    #[test]
    fn differences_have_signs_and_no_share_of_nothing() {
        let texts = [1.5, -3.0, 0.0, -0.04].map(|difference| signed(difference, 1));
        assert_eq!(texts, ["+1.5", "−3.0", "±0.0", "±0.0"]);
        assert_eq!(relative(2.0, 3.0).as_deref(), Some("+50%"));
        assert_eq!(relative(2.0, 30.0).as_deref(), Some("15×"));
        assert_eq!([relative(0.0, 3.0), relative(1000.0, 1004.0)], [None, None]);
    }

    #[test]
    fn comparisons_are_words() {
        let words = ["more", "fewer", "as many"];
        let texts = [2.0, 2.03, 2.8, 3.92, 46.0, 1.4, 0.0].map(|to| compared(2.0, to, words));
        assert_eq!(
            texts,
            [
                "about as many",
                "about as many",
                "40% more",
                "2× as many",
                "23× as many",
                "30% fewer",
                "100% fewer"
            ]
        );
        assert_eq!([0.0, 1.04, 1.96, 0.5].map(often), ["not once", "once", "twice", "0.5 times"]);
    }

    #[test]
    fn lengths_of_time_take_their_unit() {
        let texts = [0, 250, 90_000, 60_000, 900_000, 9_000_000, 28 * 86_400_000].map(span);
        assert_eq!(
            texts,
            ["none", "250 ms", "90 seconds", "1 minute", "15 minutes", "2.5 hours", "4 weeks"]
        );
        assert_eq!([15, 26].map(|days| span(days * 86_400_000)), ["15 days", "26 days"]);
        assert_eq!([60_000, 900_000].map(per), ["minute", "15 minutes"]);
        assert_eq!(
            [60_000, 3_600_000, 900_000].map(stretch),
            ["a minute", "an hour", "15 minutes"]
        );
        assert_eq!(unit_of_seconds(5_400.0), ("min", 60.0));
        assert_eq!(unit_of_seconds(0.0), ("s", 1.0));
    }

    #[test]
    fn names_can_do_no_harm() {
        assert_eq!(plain("a\u{1b}[31m\u{202e}b\nc"), "a\u{fffd}[31m\u{fffd}b\u{fffd}c");
        assert_eq!(short("abcdef", 4), "ab…f");
        assert_eq!(short("abcd", 4), "abcd");
    }
}
