-- lua: 5.1 5.3-5.5
-- cmdline: -l nosuchmodule {}
print("not reached")
