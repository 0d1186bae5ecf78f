-- lua: 5.4-5.5
-- Dates of fixed times, in every conversion.
for c in ("aAbBcCdDeFgGhHIjmMnprRStTuUVwWxXyYzZ%"):gmatch(".") do print(c, os.date("!%" .. c, 1234567890),
  os.date("!%" .. c, 0)) end
print(os.date("!%Ec %EC %Ex %EX %Ey %EY %Od %Oe %OH %OI %Om %OM %OS %Ou %OU %OV %Ow %OW %Oy", 1e9 // 1))
print(os.date("!plain text"), os.date("!", 0), os.date("!%Y-%m-%d %H:%M:%S", -1), os.date("!%c", 86399))
for _, f in ipairs { "%", "%Q", "%E", "%Ed", "%O", "%OQ", "!%i", "%5", "x%" } do print(f, pcall(os.date, f, 0)) end
print(#os.date("%c") > 10, os.date("%Y", 0), os.date("!%H", 3600.0))
print(pcall(os.date, "%c", 1.5))
print(pcall(os.date, "%Y", math.maxinteger))
print(pcall(os.date, {}))
print(os.date("!%A, %d of %B %Y", 951782400))
