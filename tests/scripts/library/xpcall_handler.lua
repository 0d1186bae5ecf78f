print(xpcall(error, function (m) return "<" .. m .. ">" end, "bad")) -- expect: false	<bad>
