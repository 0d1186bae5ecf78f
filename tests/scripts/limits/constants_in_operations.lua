-- Operations whose constants lie far out.
local parts = {}
for i = 1, 70000 do parts[i] = "s = 's" .. i .. "'" end
local f = load("local s, x, t = '', 5, {} " .. table.concat(parts, " ")
  .. " t.last = x + 1234.5 t.method = function (self, a) return a .. 'suffix' end"
  .. " return s, t.last, t:method('a'), x == 1234.75, x < 99999.5, t['other field'], global_name_far_out")
print(f()) -- expect: s70000	1239.5	asuffix	false	true	nil	nil
