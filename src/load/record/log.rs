//! Interval logs as HdrHistogram's own tools read them: a line for each second and kind, its
//! histogram in V2, compressed, base64; kinds are tags, and lines without one are over all kinds.

use std::fmt::Write as _;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hdrhistogram::Histogram;
use hdrhistogram::serialization::{Serializer, V2DeflateSerializer};

/// An interval log, growing.
pub(super) struct Log {
    text: String,
    serializer: V2DeflateSerializer,
    bytes: Vec<u8>,
}

impl Log {
    /// A log that begins at the time of day `wall` (since the Unix epoch).
    pub(super) fn new(wall: Duration, what: &str) -> Self {
        let seconds = wall.as_secs_f64();
        let instant = jiff::Timestamp::from_millisecond(wall.as_millis() as i64);
        let instant = instant.map(|instant| instant.to_string()).unwrap_or_default();
        let text = format!(
            "#[relogin load: {what} times in microseconds; kinds are tags]\n\
             #[Histogram log format version 1.3]\n\
             #[BaseTime: {seconds:.3} (seconds since epoch)]\n\
             #[StartTime: {seconds:.3} (seconds since epoch), {instant}]\n\
             \"StartTimestamp\",\"Interval_Length\",\"Interval_Max\",\"Interval_Compressed_Histogram\"\n"
        );
        Self { text, serializer: V2DeflateSerializer::new(), bytes: Vec::new() }
    }

    /// What was over in a second: the greatest value in milliseconds, and the histogram.
    pub(super) fn write(&mut self, tag: Option<&str>, second: u64, times: &Histogram<u32>) {
        self.bytes.clear();
        self.serializer.serialize(times, &mut self.bytes).expect("a vector takes everything");
        if let Some(tag) = tag {
            let _ = write!(self.text, "Tag={tag},");
        }
        let most = times.max() as f64 / 1_000.0;
        let _ = write!(self.text, "{second}.000,1.000,{most:.3},");
        STANDARD.encode_string(&self.bytes, &mut self.text);
        self.text.push('\n');
    }

    pub(super) fn into_bytes(self) -> Vec<u8> {
        self.text.into_bytes()
    }
}
