local x = = 1 -- expect error: unexpected symbol near '='
