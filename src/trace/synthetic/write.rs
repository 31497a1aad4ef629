//! Made-up activity as a trace that can be read again.

use std::io::{self, Write};

use super::Generator;

/// Writes all activity as a CSV trace in time order, `ts,user,device,app,api,action` with `ts` in
/// milliseconds since the Unix epoch (SPEC 6 reads such numbers as milliseconds from 1973 on;
/// earlier ones need `--ts-unit ms`). Returns the number of records.
///
/// # Errors
/// Those of `out`.
pub fn write_csv(out: &mut dyn Write, generator: &Generator<'_>) -> io::Result<u64> {
    write_records(out, generator).map_err(|error| match error.into_kind() {
        // As it was, so that a closed pipe is still told from a full disk.
        csv::ErrorKind::Io(error) => error,
        other => io::Error::other(format!("{other:?}")),
    })
}

fn write_records(out: &mut dyn Write, generator: &Generator<'_>) -> csv::Result<u64> {
    let names: Vec<String> =
        (0..generator.users()).map(|index| generator.user_name(index)).collect();
    let mut csv = csv::Writer::from_writer(out);
    csv.write_record(["ts", "user", "device", "app", "api", "action"])?;
    let mut ts = Vec::with_capacity(20);
    let mut records = 0;
    for (user, step) in generator.merged() {
        ts.clear();
        write!(ts, "{}", step.at.as_millis())?;
        csv.write_field(&ts)?;
        for field in [&names[user as usize], step.device, step.app, step.api, step.action.word()] {
            csv.write_field(field)?;
        }
        csv.write_record(None::<&[u8]>)?;
        records += 1;
    }
    csv.flush()?;
    Ok(records)
}
