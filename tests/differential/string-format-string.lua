-- lua: 5.2-5.5
-- %s, %c and %% with width and precision.
print(("%s|%5s|%-5s|%.2s|%5.1s|%-5.1s|"):format("abc", "abc", "abc", "abc", "abc", "abc"))
print(("%s %s %s %s"):format(nil, true, 12, 1.5), ("%5s|%-6s|"):format(true, nil))
print(("%s"):format(setmetatable({}, { __tostring = function () return "custom" end })))
print(("%s"):format("a\0b") == "a\0b", #("%s"):format("a\0b"))
print(("%c%c%c"):format(72, 105, 33), ("%5c|%-5c|"):format(65, 65), #("%c"):format(0))
print(("%%|%5%|"):gsub("", ""), ("100%%"):format())
print(("%s %s"):format("extra", "args", "ignored"), ("no specifiers"):format(1, 2))
print(pcall(string.format, "%5s", "a\0b"))
print(pcall(string.format, "%s"))
print(pcall(string.format, "%s %s", 1))
print(pcall(string.format, "%s", setmetatable({}, { __tostring = function () return 1 end })))
print(("%.20s"):format(("x"):rep(30)), ("%.0s"):format("x"), #("%99s"):format("x"))
