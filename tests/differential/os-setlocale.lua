-- lua: all
-- Locales that exist everywhere, and one that does not.
print(os.setlocale(), os.setlocale(nil), os.setlocale("C"), os.setlocale("POSIX"), os.setlocale("nonexistent_LOCALE"))
for _, c in ipairs { "all", "collate", "ctype", "monetary", "numeric", "time" } do print(c, os.setlocale(nil,
  c), os.setlocale("C", c)) end
print(pcall(os.setlocale, "C", "bad"))
print(pcall(os.setlocale, {}))
print(os.setlocale(""))
