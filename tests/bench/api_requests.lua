-- For wrk: every request with another agent's token, as many phones ask. BENCH_PATH: what is asked for; BENCH_ETAGS: a file with
-- a line "number etag" per agent, to ask for what has changed only.
local path = os.getenv("BENCH_PATH") or "/v1/me/shifts"
local agents = tonumber(os.getenv("BENCH_AGENTS") or "10000")
local etags, requests, n = {}, {}, 0

if (os.getenv("BENCH_ETAGS") or "") ~= "" then
  for line in io.lines(os.getenv("BENCH_ETAGS")) do
    local agent, etag = line:match("^(%d+) (.+)$")
    if agent then etags[tonumber(agent)] = etag end
  end
end

-- The requests are made once, so that wrk's own share is small.
init = function()
  for agent = 1, agents do
    local digits = tostring(agent)
    local head = { ["Authorization"] = "Bearer wfm_" .. string.rep("a", 43 - #digits) .. digits }
    if next(etags) ~= nil then head["If-None-Match"] = etags[agent] or '"none"' end
    requests[agent] = wrk.format("GET", path, head)
  end
end

request = function()
  n = (n + 7919) % agents
  return requests[n + 1]
end

done = function(summary, latency, requests)
  io.write(string.format("RESULT %.1f %.3f %.3f %d %d\n", summary.requests / (summary.duration / 1e6),
    latency:percentile(50) / 1000, latency:percentile(99) / 1000, summary.requests,
    summary.errors.status + summary.errors.read + summary.errors.write + summary.errors.timeout + summary.errors.connect))
end
