-- lua: 5.5
-- cmdline: -l s=string {}
print(s == string)
