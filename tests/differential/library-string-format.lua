-- lua: all
local function pass(...) return ... end
local function try(f, ...) print(pcall(function(...) return pass(f(...)) end, ...)) end
local nums = {0, 1, -1, 255, -255, 2^31, 2^53, -2^63, 2^63, 2^64, 1e100, 0.5, -0.5, 1.5, 3.14159, 1e-10, 123456.789, 1/0, -1/0, "10", "0x10", "1.5", "x", {}}
for _, f in ipairs{"%d", "%5d", "%-5d|", "%05d", "%+d", "% d", "%.3d", "%x", "%X", "%#x", "%o", "%#o", "%u", "%i", "%e", "%.3e", "%E", "%f", "%.0f", "%10.2f", "%-10.1f|", "%+.1f", "%g", "%.3g", "%G", "%#g", "%c", "%s", "%10s", "%-10s|", "%.2s", "%10.1s", "%a", "%.2a", "%5c", "%-5c|"} do
  for _, n in ipairs(nums) do
    local ok, r = pcall(string.format, f, n)
    if ok then r = r:gsub("0x%x+", function(x) return type(n) == "table" and "ADDR" or x end) else r = r:gsub("0x%x+", "ADDR") end
    io.write(f, " ", (tostring(n):gsub("0x%x+", "ADDR")), " ", tostring(ok), " ", (r:gsub("[%c]", "~")), "\n")
  end
end
for _, v in ipairs{"a", "a\nb", "\0", "\0001", "\r\t\\\"", "\127\200", 1, -1, 1.5, 2^63, 1e100, 1/0, -1/0, true, false, {}} do try(string.format, "%q", v) end try(string.format, "%q") try(string.format, "%q", nil)
try(string.format, "%s %s", 1, 2) try(string.format, "%s", nil) try(string.format, "%s") try(string.format, "%d%d", 1) try(string.format) try(string.format, {}) try(string.format, "%%") try(string.format, 5) try(string.format, "%s", ("x"):rep(200)) try(string.format, "%50.10s", ("x"):rep(200)) try(string.format, "%100s", "x") try(string.format, "%.100s", "x") try(string.format, "%ld", 1) try(string.format, "%\0", 1) try(string.format, "a%sb\0c%s", 1, 2)
