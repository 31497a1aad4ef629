//! Percentiles of a histogram: as HdrHistogram's tools write them, and for a chart.

use std::fmt::Write as _;

use hdrhistogram::Histogram;

/// Points on each halving of the distance to 100 %.
const TICKS: u32 = 5;

/// The percentile distribution of microseconds, in milliseconds, as `.hgrm` files hold it.
pub fn hgrm(times: &Histogram<u32>) -> String {
    let mut text = format!(
        "{:>12} {:>14} {:>10} {:>14}\n\n",
        "Value", "Percentile", "TotalCount", "1/(1-Percentile)"
    );
    let mut sum = 0;
    for value in times.iter_quantiles(TICKS) {
        sum += value.count_since_last_iteration();
        let (millis, quantile) =
            (value.value_iterated_to() as f64 / 1_000.0, value.quantile_iterated_to());
        let _ = write!(text, "{millis:12.3} {quantile:2.12} {sum:10}");
        if quantile < 1.0 {
            let _ = write!(text, " {:14.2}", 1.0 / (1.0 - quantile));
        }
        text.push('\n');
    }
    let (mean, deviation) = (times.mean() / 1_000.0, times.stdev() / 1_000.0);
    let most = times.max() as f64 / 1_000.0;
    let _ = writeln!(text, "#[Mean    = {mean:12.3}, StdDeviation   = {deviation:12.3}]");
    let _ = writeln!(text, "#[Max     = {most:12.3}, Total count    = {:12}]", times.len());
    let (buckets, sub) = (times.buckets(), 2_048);
    let _ = writeln!(text, "#[Buckets = {buckets:12}, SubBuckets     = {sub:12}]");
    text
}

/// Points of the percentile curve: the share of what was not slower, and milliseconds. From no
/// share up to the last one of which at least one request was slower; then the slowest.
pub fn curve(times: &Histogram<u32>) -> Vec<(f64, f64)> {
    let points = times.iter_quantiles(TICKS);
    let points = points.map(|value| {
        (value.quantile_iterated_to(), value.value_iterated_to().min(times.max()) as f64 / 1_000.0)
    });
    if times.is_empty() { Vec::new() } else { points.collect() }
}
