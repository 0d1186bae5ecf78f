-- lua: all
-- Greedy, lazy, optional.
print(("aaa"):match("a*"), ("aaa"):match("a+"), ("aaa"):match("a-"), ("aaa"):match("a?"), ("bbb"):match("a*") == "", ("bbb"):match("a+"))
print(("<a><b>"):match("<.*>"), ("<a><b>"):match("<.->"), ("abc"):match("^b"), ("abc"):match("^a"), ("abc"):match("c$"), ("abc"):match("b$"), ("a$"):match("a$"), ("a$b"):match("a$b"))
print(("key = value"):match("^(%w+)%s*=%s*(%w+)$"), ("2024-01-15"):match("(%d+)-(%d+)-(%d+)"), ("  trim  "):match("^%s*(.-)%s*$") .. "|")
print(("aaab"):match("a-b"), ("ab"):match("a?b"), ("b"):match("a?b"), ("aab"):match("^a?b"), (""):match(".*"), (""):match(".+"), (""):match(".-"))
print(("x*y"):match("x*y"), ("x*y"):match("x%*y"), ("*"):match("*"), ("+a"):match("^+a"), ("a**"):match("a**"), ("^a"):match("a^"), ("a^"):match("a^"))
