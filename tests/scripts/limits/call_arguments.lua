-- A call can pass as many values as the stack holds.
print(select("#", table.unpack({}, 1, 200000))) -- expect: 200000
print(pcall(function () return select("#", table.unpack({}, 1, 1000001)) end))
-- expect: false	call_arguments.lua:3: too many results to unpack
