//! The bills of the policies side by side, for people.

use crate::bill::{Assumptions, Basis, Bill, Fullest, LimitUse, Plan, PlanLimit, Size, Sizing};
use crate::report::Input;
use crate::report::numeral::{decimals, fixed, measure, percent, plain, stretch, times, whole};
use crate::table::{PolicyTables, REQUEST_KINDS};

/// Figures under a heading.
pub(in crate::report) struct Section {
    pub(in crate::report) name: String,
    /// Where they come from, and what is not sure; may be empty.
    pub(in crate::report) note: String,
    pub(in crate::report) rows: Vec<Row>,
}

/// A figure of every policy.
pub(in crate::report) struct Row {
    pub(in crate::report) label: String,
    pub(in crate::report) unit: &'static str,
    pub(in crate::report) cells: Vec<String>,
}

/// What multiplies everything, and what is sized for: a sentence or two.
pub(in crate::report) fn headline(assumptions: &Assumptions) -> String {
    let mut text = match assumptions.scale {
        1.0 => "Counts are those of the activity itself.".to_owned(),
        scale => format!(
            "Each user stands for {}, who do the same within {}: counts and rates are multiplied \
             by it.",
            measure(scale),
            stretch(assumptions.spread)
        ),
    };
    let basis = assumptions.basis.word();
    if assumptions.sizing.is_some() {
        text.push_str(&format!(" Sized for the {basis} that asks for most."));
    }
    if !assumptions.plans.is_empty() {
        text.push_str(" Of a limit, refused is what comes on top, if nobody tries again.");
    }
    text
}

/// The bills in sections; none where capacity was not asked for.
pub(in crate::report) fn sections(input: &Input<'_>) -> Vec<Section> {
    let Some(assumptions) = &input.description.capacity else { return Vec::new() };
    let bills = Bills { policies: input.policies };
    let mut sections = vec![people(&bills), requests(&bills)];
    sections.extend(assumptions.sizing.iter().map(|own| sized(&bills, own, assumptions.basis)));
    let mut before = 0;
    for plan in &assumptions.plans {
        sections.push(limits(&bills, plan, before));
        before += plan.limits.len();
    }
    sections
}

struct Bills<'a> {
    policies: &'a [PolicyTables],
}

impl Bills<'_> {
    /// A row of measures with as many decimals as the policies' values need.
    fn measures(
        &self,
        label: impl Into<String>,
        unit: &'static str,
        value: impl Fn(&Bill) -> f64,
    ) -> Row {
        let values = self.values(value);
        let greatest = |baselines: bool| {
            let own = self.policies.iter().zip(&values).filter(|(p, _)| baselines || !p.baseline);
            own.map(|(_, value)| *value).fold(0.0, f64::max)
        };
        let greatest = if greatest(false) > 0.0 { greatest(false) } else { greatest(true) };
        let cells = values.iter().map(|value| fixed(*value, decimals(greatest)));
        Row { label: label.into(), unit, cells: cells.collect() }
    }

    /// A row of counts.
    fn counts(
        &self,
        label: impl Into<String>,
        unit: &'static str,
        value: impl Fn(&Bill) -> f64,
    ) -> Row {
        // Beyond what can be counted there is nothing to be exact about.
        let cells = self.values(value).into_iter().map(|value| whole(value.round() as u64));
        Row { label: label.into(), unit, cells: cells.collect() }
    }

    fn texts(&self, label: impl Into<String>, text: impl Fn(&Bill) -> String) -> Row {
        let cells = self.bills().map(|bill| bill.map_or_else(|| "–".to_owned(), &text));
        Row { label: label.into(), unit: "", cells: cells.collect() }
    }

    fn values(&self, value: impl Fn(&Bill) -> f64) -> Vec<f64> {
        self.bills().map(|bill| bill.map_or(f64::NAN, &value)).collect()
    }

    fn bills(&self) -> impl Iterator<Item = Option<&Bill>> {
        self.policies.iter().map(|policy| policy.bill.as_deref())
    }

    fn any(&self, is: impl Fn(&Bill) -> bool) -> bool {
        self.bills().flatten().any(is)
    }
}

fn people(bills: &Bills<'_>) -> Section {
    let rows = vec![
        bills.counts("active users", "", |bill| bill.users),
        bills.measures("re-logins per user-day", "", |bill| bill.relogins_per_user_day),
        bills.counts("sessions at once, at most", "", |bill| bill.sessions),
    ];
    Section { name: "People".to_owned(), note: String::new(), rows }
}

fn requests(bills: &Bills<'_>) -> Section {
    let all = |peak: &Option<Fullest>| peak.as_ref().map_or(0.0, Fullest::all);
    let rows = vec![
        bills.measures("requests per user-day", "", Bill::requests_per_user_day),
        bills.counts("in the fullest second", "", |bill| all(&bill.peak_second)),
        bills.counts("in the fullest minute", "", |bill| all(&bill.peak_minute)),
    ];
    Section { name: "Requests to the identity provider".to_owned(), note: String::new(), rows }
}

fn sized(bills: &Bills<'_>, own: &Sizing, basis: Basis) -> Section {
    let size =
        |value: fn(&Size) -> f64| move |bill: &Bill| bill.size.as_ref().map_or(f64::NAN, value);
    let pods = f64::from(own.pods);
    let of_pod = move |value: fn(&Size) -> f64| move |bill: &Bill| size(value)(bill) / pods;
    let mut rows = Vec::new();
    for (kind, name) in REQUEST_KINDS.iter().enumerate() {
        let rate = move |bill: &Bill| bill.size.as_ref().map_or(0.0, |size| size.rates[kind]);
        if bills.any(|bill| rate(bill) > 0.0) {
            let label = match *name {
                "login" => "logins",
                "silent" => "silent authentications",
                "refresh" => "refreshes",
                "failed" => "refusals",
                _ => "introspections",
            };
            rows.push(bills.measures(label, "1/s", rate));
        }
    }
    let headroom = percent(own.headroom);
    rows.push(bills.measures("vCPU requested", "", size(|size| size.vcpu_total)));
    if bills.any(|bill| bill.size.is_some_and(|size| size.vcpu[0] > 0.0)) {
        rows.push(bills.measures("of which logins", "", size(|size| size.vcpu[0])));
    }
    if own.besides.client_credentials > 0.0 {
        rows.push(bills.measures(
            "of which client credentials",
            "",
            size(|size| size.vcpu_besides),
        ));
    }
    rows.push(bills.measures(
        format!("vCPU with {headroom} headroom"),
        "",
        size(|size| size.vcpu_limit),
    ));
    rows.push(bills.measures("vCPU on average", "", size(|size| size.vcpu_mean)));
    rows.push(bills.measures(
        format!("a pod of {}: vCPU requested", own.pods),
        "",
        of_pod(|size| size.vcpu_total),
    ));
    rows.push(bills.measures("a pod: vCPU limit", "", of_pod(|size| size.vcpu_limit)));
    rows.push(bills.counts("a pod: memory requested", "MB", size(|size| size.memory_request_mb)));
    rows.push(bills.counts("a pod: memory limit", "MB", size(|size| size.memory_limit_mb)));
    rows.push(bills.counts("database: writes", "IOPS", size(|size| size.write_iops)));
    let range = |bill: &Bill| {
        let (low, high) = bill.size.map_or((0.0, 0.0), |size| size.database_vcpu);
        format!("{}–{}", fixed(low, 2), fixed(high, 2))
    };
    rows.push(bills.texts("database: vCPU", range));
    let name = match own.name.as_str() {
        "keycloak" => "Keycloak, run by yourself".to_owned(),
        _ => "Run by yourself, your own constants".to_owned(),
    };
    let name = format!("{name}: the {} that asks for most", basis.word());
    Section { name, note: sizing_note(bills, own), rows }
}

fn sizing_note(bills: &Bills<'_>, own: &Sizing) -> String {
    let [login, silent, refresh, failed, introspection] = own.per_vcpu.map(measure);
    let mut note = format!(
        "One vCPU answers {login} logins, {silent} silent authentications, {refresh} refreshes, \
         {failed} refusals or {introspection} introspections a second"
    );
    if own.source.is_empty() {
        note.push('.');
    } else {
        note.push_str(&format!(
            " ({}; it has figures for logins and refreshes, and what else is asked is counted like \
             a refresh unless the scenario says otherwise).",
            own.source
        ));
    }
    if own.besides.logouts == 0.0 {
        note.push_str(" Logouts are not counted: the simulation does not ask for any.");
    }
    for (kind, name) in [(0, "logins"), (2, "refreshes")] {
        let Some(tested) = own.tested[kind] else { continue };
        if bills.any(|bill| bill.size.is_some_and(|size| size.rates[kind] > tested)) {
            let tested = measure(tested);
            note.push_str(&format!(
                " More {name} than the {tested} a second that these figures were tested up to."
            ));
        }
    }
    note
}

/// The limits of a plan, of which so many others stand before.
fn limits(bills: &Bills<'_>, plan: &Plan, before: usize) -> Section {
    let mut rows = Vec::new();
    for (place, limit) in plan.limits.iter().enumerate() {
        let used = move |bill: &Bill| bill.limits[before + place].clone();
        // What nobody draws on is no news.
        if bills.any(|bill| used(bill).units > 0.0) {
            limit_rows(&mut rows, bills, limit, used);
        }
    }
    let back = |bill: &Bill| {
        let own = &bill.limits[before..before + plan.limits.len()];
        let longest = own.iter().filter_map(|used| used.relogin_of_all).fold(0.0, f64::max);
        longest / 60.0
    };
    if bills.any(|bill| back(bill) > 0.0) {
        rows.push(bills.measures("until all are back, sessions lost", "min", back));
    }
    let mut note = String::new();
    if !plan.source.is_empty() {
        note.push_str(&format!("Figures: {}.", plan.source));
    }
    if !plan.caveat.is_empty() {
        note.push_str(&format!(" Mind: {}.", plan.caveat));
    }
    let name = match plan.name == plan.about {
        true => plain(&plan.name),
        false => format!("{}: {}", plain(&plan.name), plain(&plan.about)),
    };
    Section { name, note, rows }
}

fn limit_rows(
    rows: &mut Vec<Row>,
    bills: &Bills<'_>,
    limit: &PlanLimit,
    used: impl Fn(&Bill) -> LimitUse,
) {
    let word = limit.every.word();
    let unit = match limit.every {
        Basis::Second => "s",
        Basis::Minute => "min",
    };
    let mut name = format!("{}, {}/{unit}", plain(&limit.name), measure(limit.refill));
    if limit.burst != limit.refill {
        name.push_str(&format!(" (burst {})", measure(limit.burst)));
    }
    rows.push(bills.texts(format!("{name}: used"), |bill| full(used(bill).used)));
    let above = |bill: &Bill| used(bill).above as f64;
    if bills.any(|bill| above(bill) > 0.0) {
        rows.push(bills.counts(format!("  {word}s above it"), "", above));
        let share = |bill: &Bill| share(used(bill).share_above());
        rows.push(bills.texts("  share of the time".to_owned(), share));
        rows.push(bills.counts("  units refused", "", |bill| used(bill).refused));
    }
}

/// How full a limit is.
fn full(used: f64) -> String {
    if used < 10.0 { percent(used) } else { times(used) }
}

/// A share that may be small and still matter.
fn share(share: f64) -> String {
    match 100.0 * share {
        0.0 => "0%".to_owned(),
        percent if percent < 0.001 => "under 0.001%".to_owned(),
        percent => format!("{}%", measure(percent)),
    }
}
