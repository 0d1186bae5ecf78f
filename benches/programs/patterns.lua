-- [strings] Pattern matching: find, match, gmatch, gsub with strings, tables and functions, captures, anchors, %b and %f.
-- N: rounds (default 220, small 1)
local N = tonumber((...)) or 220

local seed = 11
local function random(n)
  seed = seed * 16807 % 2147483647
  return seed % n + 1
end

local words = { "alpha", "beta", "gamma", "delta", "kernel", "loop", "table", "string", "value", "Upper", "Case" }
local function log_lines(count)
  local lines = {}
  for i = 1, count do
    lines[i] = string.format("%04d-%02d-%02d %02d:%02d [%s] %s.%s(%d, %q): took %d.%03d s",
      2000 + random(24), random(12), random(28), random(24) - 1, random(60) - 1,
      random(3) == 1 and "WARN" or "INFO", words[random(#words)], words[random(#words)],
      random(5000), words[random(#words)], random(9), random(999))
  end
  return lines
end

local lines = log_lines(300)
local text = table.concat(lines, "\n") .. "\n"

local function parse_logs()
  local years, millis, warnings = 0, 0, 0
  for i = 1, #lines do
    local line = lines[i]
    local y, m, d, level, object, method, arg, s, ms =
      line:match("^(%d+)%-(%d+)%-(%d+) %d%d:%d%d %[(%u+)%] (%a+)%.(%a+)%((%d+), .-%): took (%d)%.(%d+) s$")
    years = years + y - m - d
    millis = millis + tonumber(s) * 1000 + tonumber(ms)
    if level == "WARN" then warnings = warnings + #object + #method + arg end
  end
  return years + millis + warnings
end

local function count_words()
  local seen, total = {}, 0
  for w in text:gmatch("%a+") do
    seen[w] = (seen[w] or 0) + 1
    total = total + 1
  end
  for _, w in ipairs(words) do total = total + (seen[w] or 0) * #w end
  return total
end

local function substitutions()
  local a, na = text:gsub("%d+", "#")
  local b, nb = text:gsub("%a+", { alpha = "A", beta = "B", kernel = "K" })
  local c, nc = text:gsub("(%a+)%.(%a+)", "%2:%1")
  local d, nd = text:gsub("%f[%u]%u+%f[%U]", function(w) return w:lower() end)
  local e = text:gsub("%b()", "()")
  return #a + #b + #c + #d + #e + na + nb * 3 + nc * 5 + nd * 7
end

local function finds()
  local from, plain, sets = 1, 0, 0
  while true do
    local s, e = text:find("took", from, true)
    if not s then break end
    plain = plain + s % 7
    from = e + 1
  end
  from = 1
  while true do
    local s, e, k = text:find('"([^"]*)"', from)
    if not s then break end
    sets = sets + #k
    from = e + 1
  end
  return plain + sets
end

local function trim(s) return (s:gsub("^%s+", ""):gsub("%s+$", "")) end
local function trims()
  local n = 0
  for i = 1, #words do n = n + #trim((" "):rep(i) .. words[i] .. ("\t"):rep(i)) end
  for k, v in ("a=1, b = 22,ccc= 333 , d=4"):gmatch("(%w+)%s*=%s*(%w+)") do n = n + #k * v end
  return n
end

local checksum = 0
for _ = 1, N do
  checksum = (checksum + parse_logs() + count_words() * 3 + substitutions() * 5 + finds() * 7 + trims() * 11) % 1000003
end
print("patterns", N, string.format("%.0f", checksum), #text)
