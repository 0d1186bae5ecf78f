-- lua: all
-- How deep each construct may be nested.
local load = loadstring or load
local function bound(make)
  local lo, hi = 1, 1000
  while lo < hi do
    local mid = math.floor((lo + hi + 1) / 2)
    if load(make(mid)) then lo = mid else hi = mid - 1 end
  end
  return lo
end
print("parens", bound(function(n) return "x = " .. ("("):rep(n) .. "1" .. (")"):rep(n) end))
print("unary", bound(function(n) return "x = " .. ("- "):rep(n) .. "1" end))
print("tables", bound(function(n) return "x = " .. ("{"):rep(n) .. ("}"):rep(n) end))
print("concat", bound(function(n) return "x = " .. ("a.."):rep(n) .. "a" end))
print("do", bound(function(n) return ("do "):rep(n) .. ("end "):rep(n) end))
print("while", bound(function(n) return ("while x do "):rep(n) .. ("end "):rep(n) end))
print("if", bound(function(n) return ("if x then "):rep(n) .. ("end "):rep(n) end))
print("repeat", bound(function(n) return ("repeat "):rep(n) .. ("until x "):rep(n) end))
print("function", bound(function(n) return ("function f() "):rep(n) .. ("end "):rep(n) end))
print("fexp", bound(function(n) return ("x = function() "):rep(n) .. ("end "):rep(n) end))
print("targets", bound(function(n) return ("a,"):rep(n) .. "a = 1" end))
print("calls", bound(function(n) return ("f("):rep(n) .. (")"):rep(n) end))
print("index", bound(function(n) return "x = " .. ("a["):rep(n) .. "1" .. ("]"):rep(n) end))
print("args", bound(function(n) return "f(" .. ("a,"):rep(n) .. "a)" end))
print("locals", bound(function(n) return "local a" .. (",a"):rep(n) end))
print("params", bound(function(n) return "function f(a" .. (",a"):rep(n) .. ") end" end))
print("elseif", bound(function(n) return "if x then " .. ("elseif x then "):rep(n) .. "end" end))
local co = coroutine.wrap(function() print("co", bound(function(n) return "x = " .. ("("):rep(n) .. "1" .. (")"):rep(n) end)) end)
co()
print("pcall", pcall(pcall, pcall, function() print(bound(function(n) return "x = " .. ("("):rep(n) .. "1" .. (")"):rep(n) end)) end))
