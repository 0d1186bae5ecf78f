-- lua: all
-- Sets and ranges, with their odd cases.
print(("a-b]c^d"):match("[]]"), ("a-b]c^d"):match("[^]]+"), ("a-b"):match("[a-]+"), ("a-b"):match("[-a]+"), ("^x"):match("[x^]+"), ("5%"):match("[%%%d]+"))
print(("hello123"):match("[a-z]+"), ("hello123"):match("[^a-z]+"), ("x_y-z"):match("[%w_]+"), ("ABC"):match("[a-cA-B]+"), ("a]b"):match("[a%]]+"))
print(("abc"):match("[b-]"), ("a-z"):match("[a%-z]+"), ("0x1F"):match("0x(%x+)"), ("[x]"):match("%[(.-)%]"), ("a.b"):match("[.]"))
print(pcall(string.match, "a", "[a"))
print(pcall(string.match, "a", "[]"))
print(pcall(string.match, "a", "[^"))
print(pcall(string.match, "a", "[%"))
print(pcall(string.match, "a", "[a-%"))
print(pcall(string.match, "a", "%"))
print(("a"):match("[a-%z]"), ("-"):match("[a-]"), ("z"):match("[z-a]"))
