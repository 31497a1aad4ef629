//! On what, by what and how it was measured.

use std::env;
use std::fs;
use std::process::Command;

/// What figures depend on besides the code.
#[derive(Debug)]
pub(crate) struct Machine {
    pub(crate) processor: String,
    pub(crate) cores: usize,
    pub(crate) memory: String,
    /// Those of its instruction sets that relogin could use.
    pub(crate) vectors: String,
    pub(crate) system: String,
    pub(crate) rustc: String,
    pub(crate) profile: String,
}

/// Of x86-64 and Arm, as /proc/cpuinfo calls them.
const VECTORS: [&str; 10] =
    ["sse2", "sse4_2", "avx", "avx2", "avx512f", "avx512bw", "avx512vl", "asimd", "sve", "sve2"];

impl Machine {
    pub(crate) fn read() -> Self {
        let cpuinfo = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
        let flags = field(&cpuinfo, &["flags", "Features"]).unwrap_or_default();
        let flags: Vec<&str> = flags.split_whitespace().collect();
        let vectors: Vec<&str> = VECTORS.into_iter().filter(|one| flags.contains(one)).collect();
        let or_unknown = |text: Option<String>| text.unwrap_or_else(|| "unknown".to_owned());
        Self {
            processor: or_unknown(field(&cpuinfo, &["model name", "CPU part"])),
            cores: std::thread::available_parallelism().map_or(1, usize::from),
            memory: or_unknown(memory()),
            vectors: vectors.join(" "),
            system: format!("{} {}", env::consts::OS, env::consts::ARCH),
            rustc: or_unknown(rustc()),
            profile: profile(),
        }
    }
}

fn field(text: &str, names: &[&str]) -> Option<String> {
    let fields = text.lines().filter_map(|line| line.split_once(':'));
    let mut found = fields.filter(|(name, _)| names.contains(&name.trim()));
    found.next().map(|(_, value)| value.trim().to_owned())
}

fn memory() -> Option<String> {
    let text = fs::read_to_string("/proc/meminfo").ok()?;
    let total = field(&text, &["MemTotal"])?;
    let kibibytes: f64 = total.split_whitespace().next()?.parse().ok()?;
    Some(format!("{:.0} GiB", kibibytes / f64::from(1 << 20)))
}

fn rustc() -> Option<String> {
    let rustc = env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let output = Command::new(rustc).arg("--version").output().ok()?;
    Some(String::from_utf8(output.stdout).ok()?.trim().to_owned())
}

/// The profile, and what was set otherwise for this build than the manifest says.
fn profile() -> String {
    let manifest = include_str!("../../Cargo.toml");
    let release = manifest.split_once("[profile.release]\n").map_or("", |(_, rest)| rest);
    let settings = release.lines().take_while(|line| !line.is_empty());
    let settings: Vec<&str> = settings.filter(|line| !line.starts_with("debug")).collect();
    let mut profile = match cfg!(debug_assertions) {
        true => "dev: these figures say nothing".to_owned(),
        false => format!("release ({})", settings.join(", ")),
    };
    let others = ["CARGO_PROFILE_RELEASE_LTO", "CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "RUSTFLAGS"];
    for name in others {
        if let Ok(value) = env::var(name) {
            profile.push_str(&format!(", {name}={value}"));
        }
    }
    profile
}
