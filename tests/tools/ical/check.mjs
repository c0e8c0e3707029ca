// check.mjs FEED.ics WANT.json: the feed as ical.js reads it against what it was made from. Says each difference; status 1 then.
import { readFileSync } from "node:fs";
import ICAL from "ical.js";

const [feedPath, wantPath] = process.argv.slice(2);
const bytes = readFileSync(feedPath);
const text = bytes.toString("utf8");
const want = JSON.parse(readFileSync(wantPath, "utf8"));
let failures = 0;
const same = (what, is, should) => {
  if (is !== should) {
    failures++;
    console.log(`${what}: ${JSON.stringify(is)}, not ${JSON.stringify(should)}`);
  }
};

// Octets, not characters; lines end with CRLF and nothing else.
for (const [k, line] of text.split("\r\n").entries()) {
  if (Buffer.byteLength(line) > 75) same(`line ${k + 1}: octets`, Buffer.byteLength(line), 75);
  if (/[\r\n]/.test(line)) same(`line ${k + 1}: a bare line end`, line, "");
}
same("UTF-8", Buffer.from(text, "utf8").equals(bytes), true);

// Values of properties it does not know (X-…) ical.js gives as they stand: text, escaped as RFC 5545 3.3.11 has it.
const plain = (property) =>
  property.type === "unknown"
    ? property.getFirstValue().replace(/\\(.)/g, (_, c) => (c === "n" || c === "N" ? "\n" : c))
    : String(property.getFirstValue());
const calendar = new ICAL.Component(ICAL.parse(text));
for (const [name, value] of Object.entries(want.properties)) same(name, plain(calendar.getFirstProperty(name)), value);
same("no zone is needed", calendar.getAllSubcomponents("vtimezone").length, 0);

const events = calendar.getAllSubcomponents("vevent").map((component) => new ICAL.Event(component));
same("events", events.length, want.events.length);
const seen = new Set(events.map((event) => event.uid));
same("uids", seen.size, events.length);
const instant = (time) => Math.round(time.toJSDate().getTime() / 1000);
for (const [k, should] of want.events.entries()) {
  const event = events[k];
  const at = `event ${k} (${should.uid})`;
  const value = (name) => event.component.getFirstPropertyValue(name);
  same(`${at} uid`, event.uid, should.uid);
  same(`${at} sequence`, event.sequence, should.sequence);
  same(`${at} utc`, event.startDate.zone === ICAL.Timezone.utcTimezone, true);
  same(`${at} start`, instant(event.startDate), should.start);
  same(`${at} end`, instant(event.endDate), should.end);
  same(`${at} hours`, event.duration.toSeconds(), should.end - should.start);
  same(`${at} changed`, instant(value("last-modified")), should.changed);
  same(`${at} stamp`, instant(value("dtstamp")), should.changed);
  same(`${at} location`, event.location, should.location);
  same(`${at} description`, event.description, should.description);
  same(`${at} status`, value("status"), should.cancelled ? "CANCELLED" : "CONFIRMED");
  same(`${at} transp`, value("transp"), should.cancelled ? "TRANSPARENT" : "OPAQUE");
  same(`${at} categories`, value("categories"), "Shift");
}
console.log(`${events.length} events, ${text.split("\r\n").length} lines, ${failures} differences`);
process.exit(failures === 0 ? 0 : 1);
