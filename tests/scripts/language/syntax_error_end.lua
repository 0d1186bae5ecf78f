print(load("if true then\nprint(1)\n"))
-- expect: nil	[string "if true then..."]:3: 'end' expected (to close 'if' at line 1) near <eof>
