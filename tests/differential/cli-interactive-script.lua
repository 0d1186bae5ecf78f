-- lua: all
-- -i after a script keeps its globals.
-- cmdline: -i {} arg
-- stdin: print(fromscript, arg[1], ...)
fromscript = "global"
print("script ran", ...)
