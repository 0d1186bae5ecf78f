print(pcall(string.match, ("x"):rep(300000), ("x?"):rep(300000))) -- expect: false	pattern too complex
print(pcall(string.match, ("("):rep(1000) .. (")"):rep(1000), "%b()") == true) -- expect: true
print(#(("a"):rep(300000)):match(".-b?$")) -- expect: 300000
