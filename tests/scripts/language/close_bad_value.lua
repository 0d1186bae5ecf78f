local handle <close> = 42 -- expect error: variable 'handle' got a non-closable value
