-- lua: 5.3
-- cmdline: -l x=string {}
print("not reached")
