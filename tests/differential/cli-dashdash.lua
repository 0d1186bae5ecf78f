-- lua: all
-- cmdline: -- {} -e x
print(...) print(arg[-1], arg[-2], arg[0])
