// Reads an interval log as HdrHistogram's own tools do, and tells what is in it as JSON: counts
// and 99th percentiles by tag.
import { readFileSync } from "node:fs";
import hdr from "hdr-histogram-js";

const reader = new hdr.HistogramLogReader(readFileSync(process.argv[2], "utf8"));
const sums = new Map();
for (let own = reader.nextIntervalHistogram(); own; own = reader.nextIntervalHistogram()) {
  const tag = own.tag ?? "all";
  if (!sums.has(tag)) sums.set(tag, hdr.build({ numberOfSignificantValueDigits: 3 }));
  sums.get(tag).add(own);
}
const told = [...sums].map(([tag, sum]) => [
  tag,
  { count: sum.totalCount, p99: sum.getValueAtPercentile(99), max: sum.maxValue },
]);
console.log(JSON.stringify(Object.fromEntries(told)));
