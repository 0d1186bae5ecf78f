-- Labels and gotos by the thousand.
local parts = {}
for i = 1, 5000 do parts[i] = "goto l" .. i .. " ::l" .. i .. "::" end
print(load(table.concat(parts, "\n") .. " return 'end'")()) -- expect: end
