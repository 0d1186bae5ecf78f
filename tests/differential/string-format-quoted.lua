-- lua: 5.3-5.5
-- %q writes literals that read back.
print(("%q"):format('line\nbreak "quoted" back\\slash \0 \r \1 \1272 tab\t \200'))
print(("%q %q %q %q"):format(1, 1.5, -0.0, 1e100), ("%q"):format(math.mininteger), ("%q"):format(0.1))
print(("%q %q %q"):format(true, false, nil), ("%q"):format(1/0), ("%q"):format(-1/0), ("%q"):format(0/0))
print(("%q"):format("\0001\0x\0"), ("%q"):format(""))
print(pcall(string.format, "%q", {}))
print(pcall(string.format, "%q", print))
print(pcall(string.format, "%10q", "x"))
print(pcall(string.format, "%q"))
local s = "any\0thing\n\r\"\\\200"
print(load("return " .. ("%q"):format(s))() == s, load("return " .. ("%q"):format(0.1))() == 0.1)
