#!/usr/bin/env bash
# tiny.sh: writes a tiny operation into the current directory: operation.cfg, agents.csv, time_off.csv,
# special_days.csv and history.csv; two queues, two sites, fourteen agents, eight weeks up to 2026-11-23.
set -euo pipefail

cat >operation.cfg <<'END'
operation: { name = "Tiny"; zone = "Europe/Madrid"; interval_minutes = 30; currency = "EUR"; };
clients: ( { id = "acme"; name = "Acme"; }, { id = "beta"; name = "Beta"; } );
sites: ( { id = "mad"; name = "Madrid"; zone = "Europe/Madrid"; country = "ES"; },
         { id = "bog"; name = "Bogota"; zone = "America/Bogota"; country = "CO"; } );
queues: (
  { id = "acme-voice"; client = "acme"; channel = "voice"; zone = "Europe/Madrid"; aht = "240s"; patience = "180s";
    open = ( { days = "mon-sun"; from = "08:00"; to = "22:00"; } );
    sla: { target = 0.80; threshold = "30s"; }; },
  { id = "beta-mail"; client = "beta"; channel = "email"; zone = "Europe/Madrid"; aht = "360s"; occupancy_cap = 0.9;
    open = ( { days = "mon-fri"; from = "09:00"; to = "18:00"; } );
    sla: { target = 0.90; threshold = "4h"; }; } );
shift_templates: (
  { id = "day"; days = "mon-sun"; start: { from = "06:00"; to = "15:00"; step_minutes = 60; };
    paid_minutes: { from = 480; to = 480; step = 30; };
    breaks = ( { kind = "meal"; minutes = 30; paid = false; earliest_minutes = 180; latest_minutes = 300; },
               { kind = "break"; minutes = 30; paid = true; earliest_minutes = 60; latest_minutes = 120; } ); },
  { id = "short"; days = "mon-sun"; start: { from = "06:00"; to = "18:00"; step_minutes = 60; };
    paid_minutes: { from = 240; to = 300; step = 60; }; } );
contracts: (
  { id = "full"; templates = [ "day" ]; week_minutes: { min = 1920; max = 2400; }; week_days: { min = 4; max = 5; };
    consecutive_days_max = 6; pay: { rate = 12.0; }; },
  { id = "part"; templates = [ "short" ]; week_minutes: { min = 720; max = 1500; }; week_days: { min = 3; max = 5; };
    pay: { rate = 11.0; }; } );
END

{
  echo "agent,name,site,contract,skills,available,employed_from,employed_to"
  for i in 1 2 3 4 5 6 7 8; do echo "m$i,Agent $i,mad,full,acme-voice,,,"; done
  echo "m9,Agent 9,mad,full,acme-voice;beta-mail,,,"
  echo "p1,Part 1,mad,part,beta-mail,mon-fri 08:00-20:00,,"
  echo "p2,Part 2,mad,part,beta-mail,,,"
  echo "p3,Part 3,mad,part,acme-voice,,,"
  echo "b1,Lejos 1,bog,part,acme-voice,,,"
  echo "b2,Lejos 2,bog,part,acme-voice,,,"
} >agents.csv
printf 'agent,start,end,kind,credit_minutes\nm1,2026-11-23,2026-11-25,vacation,480\n' >time_off.csv
# Years ahead: they are stored, and no plan of these tests sees them.
printf 'agent,day,wish,price\nm1,2035-01-02,off,5\n' >preferences.csv
printf 'meeting,minutes,from,to,price,agents\nm,30,2035-01-02,2035-01-05,5,m1;m2\n' >meetings.csv
printf 'scope,id,date,name,kind\nsite,mad,2026-11-24,Local feast,holiday\n' >special_days.csv

# Eight weeks up to Monday 2026-11-23 00:00 in Madrid (UTC+1; summer time, UTC+2, until 2026-10-25), half hours.
awk 'function iso(t) { return strftime("%Y-%m-%dT%H:%M:%SZ", t, 1) }
     function wobble(k) { x = (x * 1103515245 + 12345 + k) % 2147483648; return x / 2147483648 - 0.5 }
BEGIN {
  print "queue,interval_start,interval_minutes,offered,answered,abandoned,handle_seconds"
  x = 42; end = 1795388400; change = 1792890000
  for (t = end - 8 * 7 * 86400; t < end; t += 1800) {
    local = t + (t < change ? 7200 : 3600); hour = (local % 86400) / 3600; day = (int(local / 86400) + 3) % 7
    if (hour >= 8 && hour < 22) {
      n = int((day < 5 ? 9 : 5) * (1 + 0.6 * sin((hour - 8) / 14 * 3.14159)) * (1 + 0.3 * wobble(1)) + 0.5)
      print "acme-voice," iso(t) ",30," n "," n ",0," n * 240
    }
    if (day < 5 && hour >= 9 && hour < 18) {
      n = int(5 * (1 + 0.4 * wobble(2)) + 0.5)
      print "beta-mail," iso(t) ",30," n "," n ",0," n * 360
    }
  }
}' >history.csv
