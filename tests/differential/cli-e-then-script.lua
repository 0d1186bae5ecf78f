-- lua: all
-- cmdline: -e 'G = 7' {} one two
print(G, ...) for i = -5, 3 do print(i, arg[i]) end
