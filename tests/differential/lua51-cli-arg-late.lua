-- lua: all
-- cmdline: -e print(arg) {} one two
-- arg comes with the script.
print(arg[0], arg[1], arg[2], #arg, arg[-1], arg[-2], arg[-3], ...)
