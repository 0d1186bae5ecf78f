local function f(...)
  local a, b = ...
  return select("#", ...), a, b
end
print(f()) -- expect: 0	nil	nil
print(f(1)) -- expect: 1	1	nil
print(f(nil, nil, nil)) -- expect: 3	nil	nil
