// Configurations that cannot be used, each with every fault that is told of it. Long, for it is nothing but that.

/** Broken files that begin alike. */
export interface BrokenFiles {
  readonly what: string;
  /** Their first lines. */
  readonly head: string;
  /** What follows, and its faults: `line:column message`. One that ends in "…" begins so. */
  readonly rows: readonly (readonly [string, ...string[]])[];
}

/** Files that cannot be used. */
export const BROKEN_FILES: readonly BrokenFiles[] = [
  {
    what: "TOML that is none",
    head: "",
    rows: [
      ["network", "1:1 not TOML: incomplete key-value: cannot find end of key; write key = value"],
      ["[network", "1:2 not TOML: incomplete key-value: cannot find end of key; write key = value"],
      [
        "[network]]",
        "1:10 not TOML: each key-value declaration must be followed by an end-of-line; start a new line here",
      ],
      ["[[network]", "1:11 not TOML: expected end of table array declaration; close it with ]]"],
      ["[]", "1:2 not TOML: unexpected end of key; write a name here"],
      ["[ ]", "1:3 not TOML: unexpected end of key; write a name here"],
      ["[network.]", "1:10 not TOML: unexpected end of key; write a name here"],
      ["[.network]", "1:2 not TOML: illegal empty bare key; write a name here"],
      [
        "[network] # \u0001",
        "1:13 not TOML: control characters are not allowed in comments; remove them",
      ],
      [
        "network = 1\n[network]",
        "2:2 not TOML: trying to redefine an already defined table or value; write each key and each table once",
      ],
      [
        "[[network]]\n[network]",
        "2:2 not TOML: trying to redefine an already defined table or value; write each key and each table once",
      ],
      [
        '{"network": {}}',
        "1:1 not TOML: illegal character in key; write key = value; a key with other than letters and _ goes in quotes",
      ],
      [
        "network:\n  enabled: true",
        "1:8 not TOML: illegal character in key; write key = value; a key with other than letters and _ goes in quotes",
      ],
      [
        "<network/>",
        "1:1 not TOML: illegal character in key; write key = value; a key with other than letters and _ goes in quotes",
      ],
      [
        "#!/bin/sh\necho",
        "2:1 not TOML: incomplete key-value: cannot find end of key; write key = value",
      ],
      ["[network]\r\nmode = full\r\n", '2:8 not TOML: invalid value; write "full"'],
      [
        "[network]\rmode = 1",
        "1:10 not TOML: each key-value declaration must be followed by an end-of-line; start a new line here",
      ],
      [
        "\u00a0[network]",
        "1:1 not TOML: illegal character in key; write key = value; a key with other than letters and _ goes in quotes",
      ],
    ],
  },
  {
    what: "TOML that is none",
    head: "[network]\n",
    rows: [
      ["mode", "2:1 not TOML: incomplete key-value: cannot find end of key; write key = value"],
      ["mode =", "2:7 not TOML: invalid value; write a value"],
      ["mode = full", '2:8 not TOML: invalid value; write "full"'],
      ["enabled = True", "2:11 not TOML: invalid value; write true"],
      ["enabled = yes", "2:11 not TOML: invalid value; write true"],
      ["enabled = TRUE # x", "2:11 not TOML: invalid value; write true"],
      ['mode = "full', "2:8 not TOML: unfinished string; close it with the quote it starts with"],
      ["mode = 'full", "2:8 not TOML: unfinished string; close it with the quote it starts with"],
      ["mode = \"full'", "2:8 not TOML: unfinished string; close it with the quote it starts with"],
      ['mode = """full', "2:8 not TOML: unfinished string; close it with the quote it starts with"],
      ["mode = '''full", "2:8 not TOML: unfinished string; close it with the quote it starts with"],
      [
        'mode = "fu\nll"',
        "2:11 not TOML: control characters are not allowed in strings; close it on its line; in it, write \\n or \\u0000",
      ],
      [
        'mode : "full"',
        "2:6 not TOML: illegal character in key; write key = value; a key with other than letters and _ goes in quotes",
      ],
      ["= 1", "2:1 not TOML: unexpected end of key; write a name here"],
      ['mode == "full"', "2:7 not TOML: invalid value; write one equals sign"],
      [
        'enabled = true mode = "full"',
        "2:16 not TOML: each key-value declaration must be followed by an end-of-line; start a new line here",
      ],
      [
        'allowed_domains = ["a.test"',
        "2:28 not TOML: expected comma or end of structure; put a comma between values, and close the bracket",
      ],
      [
        'allowed_domains = ["a.test" "b.test"]',
        "2:29 not TOML: expected comma or end of structure; put a comma between values, and close the bracket",
      ],
      ["allowed_domains = [a.test]", '2:20 not TOML: invalid value; write "a.test"'],
      ["allowed_domains = [,]", "2:20 not TOML: invalid value; remove the comma"],
      [
        'allowed_domains = "a.test"]',
        "2:27 not TOML: each key-value declaration must be followed by an end-of-line; start a new line here",
      ],
      ['allowed_domains = ["a.test",,"b.test"]', "2:29 not TOML: invalid value; remove the comma"],
      [
        "limits = { connections = 1",
        "2:27 not TOML: expected comma or end of structure; put a comma between values, and close the bracket",
      ],
      [
        "limits = { connections = 1, connections = 2 }",
        "2:29 not TOML: trying to redefine an already defined value; write each key and each table once",
      ],
      [
        "limits = { connections 1 }",
        "2:24 not TOML: illegal character in key; write key = value; a key with other than letters and _ goes in quotes",
      ],
      ["limits = { = 1 }", "2:12 not TOML: unexpected end of key; write a name here"],
      [
        'mode = "a\\d"',
        "2:11 not TOML: unrecognised escape sequence; double the backslash, or use single quotes",
      ],
      [
        'mode = "\\u12"',
        "2:13 not TOML: invalid non-hex character in unicode escape; write \\u and the four digits of a character",
      ],
      [
        'mode = "\\uD800"',
        "2:9 not TOML: invalid unicode escape; write \\u and the four digits of a character",
      ],
      [
        'mode = "\\U00110000"',
        "2:9 not TOML: invalid unicode escape; write \\u and the four digits of a character",
      ],
      [
        'mode = "a\u0000b"',
        "2:10 not TOML: control characters are not allowed in strings; close it on its line; in it, write \\n or \\u0000",
      ],
      [
        'mode = "a\u0007b"',
        "2:10 not TOML: control characters are not allowed in strings; close it on its line; in it, write \\n or \\u0000",
      ],
      ["ask_hold_seconds = 01", "2:20 not TOML: illegal leading zero; write the number without it"],
      ["ask_hold_seconds = 1__0", "2:22 not TOML: illegal underscore; write it between two digits"],
      ["ask_hold_seconds = _1", '2:20 not TOML: invalid value; write "_1"'],
      ["ask_hold_seconds = 1_", "2:20 not TOML: unfinished numeric value; write a digit behind it"],
      ["ask_hold_seconds = 0x", "2:22 not TOML: unfinished numeric value; write a digit behind it"],
      [
        "ask_hold_seconds = 0xG",
        "2:22 not TOML: illegal character in numeric literal; write a number, or put text in quotes",
      ],
      [
        "ask_hold_seconds = 0b2",
        "2:22 not TOML: illegal character in numeric literal; write a number, or put text in quotes",
      ],
      [
        "ask_hold_seconds = 0o8",
        "2:22 not TOML: illegal character in numeric literal; write a number, or put text in quotes",
      ],
      [
        "ask_hold_seconds = +0x1",
        "2:20 not TOML: illegal leading zero; write the number without it",
      ],
      [
        "ask_hold_seconds = 0X1",
        "2:20 not TOML: illegal leading zero; write the number without it",
      ],
      ["ask_hold_seconds = 1.", "2:20 not TOML: unfinished numeric value; write a digit behind it"],
      ["ask_hold_seconds = .5", "2:20 not TOML: invalid value; put text in quotes"],
      ["ask_hold_seconds = 1e", "2:20 not TOML: unfinished numeric value; write a digit behind it"],
      [
        "ask_hold_seconds = 1.e5",
        "2:22 not TOML: illegal character in numeric literal; write a number, or put text in quotes",
      ],
      ["ask_hold_seconds = Inf", '2:20 not TOML: invalid value; write "Inf"'],
      ["ask_hold_seconds = --1", "2:20 not TOML: invalid value; put text in quotes"],
      [
        "ask_hold_seconds = 1 2",
        "2:22 not TOML: each key-value declaration must be followed by an end-of-line; start a new line here",
      ],
      [
        "ask_hold_seconds = 30s",
        "2:22 not TOML: illegal character in numeric literal; write a number, or put text in quotes",
      ],
      [
        "ask_hold_seconds = 9223372036854775808",
        '2:20 "ask_hold_seconds" is 9223372036854775808: expected a whole number from 0 to 3600',
      ],
      ["ask_hold_seconds = 2020-13-01", "2:20 not TOML: invalid date; put text in quotes"],
      ["ask_hold_seconds = 2020-01-01T25:00:00", "2:20 not TOML: invalid date; put text in quotes"],
      [
        "ask_hold_seconds = 2020-02-30",
        '2:20 "ask_hold_seconds" is a date: expected a whole number from 0 to 3600',
      ],
      [
        "enabled = true\nenabled = false",
        "3:1 not TOML: trying to redefine an already defined table or value; write each key and each table once",
      ],
      [
        "[network]",
        "2:2 not TOML: trying to redefine an already defined table or value; write each key and each table once",
      ],
      [
        "mitm = true\n[network.mitm]\nenabled = true",
        "3:2 not TOML: trying to redefine an already defined table or value; write each key and each table once",
      ],
      [
        "limits.connections = 1\n[network.limits]\ndns_seconds = 1",
        "3:2 not TOML: trying to redefine an already defined table or value; write each key and each table once",
      ],
      [
        "rules = {}\n[network.rules]\n",
        "3:2 not TOML: trying to redefine an already defined table or value; write each key and each table once",
      ],
      [
        "limits = {}\nlimits.connections = 1",
        "3:1 not TOML: trying to redefine an already defined table or value; write each key and each table once",
      ],
      [
        "mitm_hooks = []\n[[network.mitm_hooks]]",
        "3:3 not TOML: trying to redefine an already defined table or value; write each key and each table once",
      ],
      [
        "allowed domains = []",
        "2:9 not TOML: illegal character in key; write key = value; a key with other than letters and _ goes in quotes",
      ],
      [
        "allowed_domäins = []",
        "2:12 not TOML: illegal character in key; write key = value; a key with other than letters and _ goes in quotes",
      ],
      ['"mode = 1', "2:1 not TOML: unfinished string; close it with the quote it starts with"],
      [
        "😀 = 1",
        "2:1 not TOML: illegal character in key; write key = value; a key with other than letters and _ goes in quotes",
      ],
      [
        "\u2028enabled = true",
        "2:1 not TOML: illegal character in key; write key = value; a key with other than letters and _ goes in quotes",
      ],
      ["enabled = “true”", '2:11 not TOML: invalid value; write straight quotes, as in "text"'],
      ["mode = “full”", '2:8 not TOML: invalid value; write straight quotes, as in "text"'],
      ["a.".repeat(70) + "a = 1", "2:127 nested more than 64 deep; write it flatter"],
      [
        "rules = " + "[".repeat(70) + "]".repeat(70),
        "2:73 nested more than 64 deep; write it flatter",
      ],
      [
        "rules = " + "{a=".repeat(70) + "1" + "}".repeat(70),
        "2:201 nested more than 64 deep; write it flatter",
      ],
      [
        'mode = "' + "x".repeat(300) + "\nfoo",
        "2:309 not TOML: control characters are not allowed in strings; close it on its line; in it, write \\n or \\u0000",
      ],
    ],
  },
  {
    what: "TOML that is none",
    head: "[network.limits]\n",
    rows: [
      [
        "connections = 1\n[network]\nlimits = {}",
        "4:1 not TOML: trying to redefine an already defined table or value; write each key and each table once",
      ],
    ],
  },
  {
    what: "values of the wrong type",
    head: "[network]\n",
    rows: [
      ["enabled = 1", '2:11 "enabled" is 1: expected true or false'],
      ["proxy_url = 3128", '2:13 "proxy_url" is 3128: expected text in quotes'],
      ["admin_url = true", '2:13 "admin_url" is true: expected text in quotes'],
      ['enable_socks5 = "yes"', '2:17 "enable_socks5" is "yes": expected true or false'],
      ["socks_url = []", '2:13 "socks_url" is an empty list: expected text in quotes'],
      ["enable_socks5_udp = 0", '2:21 "enable_socks5_udp" is 0: expected true or false'],
      [
        "allow_upstream_proxy = {}",
        '2:24 "allow_upstream_proxy" is a table: expected true or false',
      ],
      ["upstream_proxy = 3128", '2:18 "upstream_proxy" is 3128: expected text in quotes'],
      [
        'dangerously_allow_non_loopback_proxy = "true"',
        '2:40 "dangerously_allow_non_loopback_proxy" is "true": expected true or false',
      ],
      [
        "dangerously_allow_non_loopback_admin = 1",
        '2:40 "dangerously_allow_non_loopback_admin" is 1: expected true or false',
      ],
      ["admin_auth = true", '2:14 "admin_auth" is true: expected "loosen" or "all" or "none"'],
      ['mode = ["full"]', '2:8 "mode" is a list: expected "full" or "limited"'],
      [
        'allowed_domains = "a.test"',
        '2:19 "allowed_domains" is "a.test": expected a list, as in ["…"]',
      ],
      [
        'denied_domains = { "a.test" = true }',
        '2:18 "denied_domains" is a table: expected a list, as in ["…"]',
      ],
      [
        'allow_unix_sockets = "/x"',
        '2:22 "allow_unix_sockets" is "/x": expected a list, as in ["…"]',
      ],
      [
        'allow_local_binding = "false"',
        '2:23 "allow_local_binding" is "false": expected true or false',
      ],
      [
        "dangerously_allow_all_unix_sockets = 1.0",
        '2:38 "dangerously_allow_all_unix_sockets" is 1.0: expected true or false',
      ],
      [
        "dangerously_allow_all_domains = [true]",
        '2:33 "dangerously_allow_all_domains" is a list: expected true or false',
      ],
      ['mitm = "yes"', '2:8 "mitm" is "yes": expected true or false'],
      ["mitm = []", '2:8 "mitm" is an empty list: expected true or false'],
      ["sni_binding = 0", '2:15 "sni_binding" is 0: expected true or false'],
      ["ech = false", '2:7 "ech" is false: expected "allow" or "deny"'],
      [
        'upstream_ca_file = ["/ca.pem"]',
        '2:20 "upstream_ca_file" is a list: expected text in quotes',
      ],
      ['ask = ""', '2:7 "ask" is "": expected true or false'],
      [
        'ask_hold_seconds = "30"',
        '2:20 "ask_hold_seconds" is "30": expected a whole number from 0 to 3600',
      ],
      [
        "ask_hold_seconds = 30.0",
        '2:20 "ask_hold_seconds" is 30.0: expected a whole number from 0 to 3600',
      ],
      ["ask_webhook = false", '2:15 "ask_webhook" is false: expected text in quotes'],
      [
        "blocked_capacity = inf",
        '2:20 "blocked_capacity" is inf: expected a whole number from 1 to 100000',
      ],
      ["violation_file = 1979-05-27", '2:18 "violation_file" is a date: expected text in quotes'],
      ["audit_file = 1", '2:14 "audit_file" is 1: expected text in quotes'],
      ["audit = true", '2:9 "audit" is true: expected a table: write [network.audit]'],
      ["audit.chain = 1", '2:15 "chain" is 1: expected true or false'],
      ["audit.stderr = 'yes'", '2:16 "stderr" is "yes": expected true or false'],
      [
        'audit.file_bytes = "10M"',
        '2:20 "file_bytes" is "10M": expected a whole number from 65536 to 1073741824',
      ],
      [
        'audit.metadata = "x"',
        '2:18 "metadata" is "x": expected a table: write [network.audit.metadata]',
      ],
      [
        'audit.metadata."app.version" = 1',
        '2:32 "app.version" is 1: expected text in quotes, of at most 256 printable characters',
      ],
      [
        'audit.metadata."user.account_id" = "a\\u0007b"',
        '2:36 "user.account_id" is "a\\u0007b": expected text in quotes, of at most 256 printable characters',
      ],
      ['via = "doorward"', '2:7 "via" is "doorward": expected true or false'],
      ["all_proxy = true", '2:13 "all_proxy" is true: expected "http" or "socks5h"'],
      ["limits = []", '2:10 "limits" is an empty list: expected a table: write [network.limits]'],
      ["limits = 1", '2:10 "limits" is 1: expected a table: write [network.limits]'],
      [
        'mitm_ca = "/ca.pem"',
        '2:11 "mitm_ca" is "/ca.pem": expected a table: write [network.mitm_ca]',
      ],
      [
        "rules = []",
        '2:9 "rules" is an empty list: expected a table: write [network.rules], and "host" = "read" under it',
      ],
      [
        'rules = "read"',
        '2:1 "rules" needs to see what tunnels carry: write mitm = true under [network]',
        '2:9 "rules" is "read": expected a table: write [network.rules], and "host" = "read" under it',
      ],
      [
        "mitm_hooks = {}",
        '2:14 "mitm_hooks" is a table: expected a list: write [[network.mitm_hooks]]',
      ],
      [
        "mitm_hooks = true",
        '2:1 "mitm_hooks" needs to see what tunnels carry: write mitm = true under [network]',
        '2:14 "mitm_hooks" is true: expected a list: write [[network.mitm_hooks]]',
      ],
      ['workers = "4"', '2:11 "workers" is "4": expected a whole number from 1 to 16, or "auto"'],
      [
        'allowed_domains = ["a.test", 1, [], {}, true]',
        '2:30 "allowed_domains[1]" is 1: expected text in quotes',
        '2:33 "allowed_domains[2]" is an empty list: expected text in quotes',
        '2:37 "allowed_domains[3]" is a table: expected text in quotes',
        '2:41 "allowed_domains[4]" is true: expected text in quotes',
      ],
      ["allow_unix_sockets = [1]", '2:23 "allow_unix_sockets[0]" is 1: expected text in quotes'],
      ["mode = nan", '2:8 "mode" is nan: expected "full" or "limited"'],
      ["mode = 07:32:00", '2:8 "mode" is a date: expected "full" or "limited"'],
      ["mode = 1979-05-27T07:32:00Z", '2:8 "mode" is a date: expected "full" or "limited"'],
      ["enabled = { }", '2:11 "enabled" is a table: expected true or false'],
    ],
  },
  {
    what: "values of the wrong type",
    head: "",
    rows: [
      ["network = true", '1:11 "network" is true: expected a table: write [network]'],
      ["network = []", '1:11 "network" is an empty list: expected a table: write [network]'],
      ["[[network]]", '1:3 "network" is a list: expected a table: write [network]'],
      ['network = "full"', '1:11 "network" is "full": expected a table: write [network]'],
      ["network_proxy = 1", '1:17 "network_proxy" is 1: expected a table: write [network_proxy]'],
      [
        "[network_proxy]\npolicy = []",
        '2:10 "policy" is an empty list: expected a table: write [network_proxy.policy]',
      ],
      ["[network_proxy]\nmode = 1", '2:8 "mode" is 1: expected "full" or "limited"'],
      [
        "[network_proxy.policy]\nallowed_domains = true",
        '2:19 "allowed_domains" is true: expected a list, as in ["…"]',
      ],
      ["[network.mitm]\nenabled = 1", '2:11 "enabled" is 1: expected true or false'],
      ['[network.mitm]\ninspect = "no"', '2:11 "inspect" is "no": expected true or false'],
      [
        '[network.mitm]\nmax_body_bytes = "4k"',
        '2:18 "max_body_bytes" is "4k": expected a whole number from 0 to 9007199254740991',
      ],
      ["[network.mitm]\nca_cert_path = 1", '2:16 "ca_cert_path" is 1: expected text in quotes'],
      [
        "[network.mitm]\nca_key_path = []",
        '2:15 "ca_key_path" is an empty list: expected text in quotes',
      ],
      [
        "[network.mitm_ca]\ncertificate_file = 1\nprivate_key_file = true",
        '2:20 "certificate_file" is 1: expected text in quotes',
        '3:20 "private_key_file" is true: expected text in quotes',
      ],
    ],
  },
  {
    what: "values of the wrong type",
    head: "[network.limits]\n",
    rows: [
      [
        'connections = "many"',
        '2:15 "connections" is "many": expected a whole number from 1 to 1000000',
      ],
      ["dns_seconds = 0.5", '2:15 "dns_seconds" is 0.5: expected a whole number from 1 to 86400'],
      [
        "head_bytes = true",
        '2:14 "head_bytes" is true: expected a whole number from 1024 to 1048576',
      ],
    ],
  },
  {
    what: "values out of bounds",
    head: "[network]\n",
    rows: [
      ['mode = "open"', '2:8 "mode" is "open": expected "full" or "limited"'],
      ['mode = "Full"', '2:8 "mode" is "Full": expected "full" or "limited"'],
      ['mode = ""', '2:8 "mode" is "": expected "full" or "limited"'],
      [
        'admin_auth = "token"',
        '2:14 "admin_auth" is "token": expected "loosen" or "all" or "none"',
      ],
      ['all_proxy = "socks5"', '2:13 "all_proxy" is "socks5": expected "http" or "socks5h"'],
      ['ech = "refuse"', '2:7 "ech" is "refuse": expected "allow" or "deny"'],
      [
        "ask_hold_seconds = -1",
        '2:20 "ask_hold_seconds" is -1: expected a whole number from 0 to 3600',
      ],
      [
        "ask_hold_seconds = 3601",
        '2:20 "ask_hold_seconds" is 3601: expected a whole number from 0 to 3600',
      ],
      [
        "ask_hold_seconds = 9223372036854775807",
        '2:20 "ask_hold_seconds" is 9223372036854775807: expected a whole number from 0 to 3600',
      ],
      [
        "blocked_capacity = 0",
        '2:20 "blocked_capacity" is 0: expected a whole number from 1 to 100000',
      ],
      [
        "blocked_capacity = 100001",
        '2:20 "blocked_capacity" is 100001: expected a whole number from 1 to 100000',
      ],
      [
        "blocked_capacity = -0",
        '2:20 "blocked_capacity" is 0: expected a whole number from 1 to 100000',
      ],
      ["workers = 0", '2:11 "workers" is 0: expected a whole number from 1 to 16, or "auto"'],
      ["workers = 1.5", '2:11 "workers" is 1.5: expected a whole number from 1 to 16, or "auto"'],
      ["workers = 17", '2:11 "workers" is 17: expected a whole number from 1 to 16, or "auto"'],
    ],
  },
  {
    what: "values out of bounds",
    head: "[network.limits]\n",
    rows: [
      ["connections = 0", '2:15 "connections" is 0: expected a whole number from 1 to 1000000'],
      [
        "connections = 1000001",
        '2:15 "connections" is 1000001: expected a whole number from 1 to 1000000',
      ],
      [
        "head_bytes = 1023",
        '2:14 "head_bytes" is 1023: expected a whole number from 1024 to 1048576',
      ],
      [
        "head_bytes = 1048577",
        '2:14 "head_bytes" is 1048577: expected a whole number from 1024 to 1048576',
      ],
      [
        "connections_per_client = 0",
        '2:26 "connections_per_client" is 0: expected a whole number from 1 to 1000000',
      ],
      [
        "request_line_bytes = 1023",
        '2:22 "request_line_bytes" is 1023: expected a whole number from 1024 to 1048576',
      ],
      [
        "first_byte_seconds = 0",
        '2:22 "first_byte_seconds" is 0: expected a whole number from 1 to 86400',
      ],
      [
        "dns_lookups = 0",
        '2:15 "dns_lookups" is 0: expected a whole number from 1 to 1000000',
      ],
      [
        "intercepted_certificates = 100001",
        '2:28 "intercepted_certificates" is 100001: expected a whole number from 1 to 100000',
      ],
      ["head_fields = 7", '2:15 "head_fields" is 7: expected a whole number from 8 to 1000'],
      ["head_fields = 1001", '2:15 "head_fields" is 1001: expected a whole number from 8 to 1000'],
      ["head_seconds = 0", '2:16 "head_seconds" is 0: expected a whole number from 1 to 86400'],
      [
        "idle_seconds = 86401",
        '2:16 "idle_seconds" is 86401: expected a whole number from 1 to 86400',
      ],
      [
        "tunnel_idle_seconds = -1",
        '2:23 "tunnel_idle_seconds" is -1: expected a whole number from 1 to 86400',
      ],
      ["dns_addresses = 257", '2:17 "dns_addresses" is 257: expected a whole number from 1 to 256'],
      [
        "udp_destinations = 65536",
        '2:20 "udp_destinations" is 65536: expected a whole number from 1 to 65535',
      ],
      ["questions = 10001", '2:13 "questions" is 10001: expected a whole number from 1 to 10000'],
      [
        "event_readers = 1025",
        '2:17 "event_readers" is 1025: expected a whole number from 1 to 1024',
      ],
    ],
  },
  {
    what: "values out of bounds",
    head: "",
    rows: [
      [
        "[network.mitm]\nmax_body_bytes = -1",
        '2:18 "max_body_bytes" is -1: expected a whole number from 0 to 9007199254740991',
      ],
      [
        "[network.mitm]\nmax_body_bytes = 9007199254740992",
        '2:18 "max_body_bytes" is 9007199254740992: expected a whole number from 0 to 9007199254740991',
      ],
    ],
  },
  {
    what: "keys that nobody knows",
    head: "[network]\n",
    rows: [
      ["enable = true", '2:1 unknown key "enable": did you mean "enabled"?'],
      ["allowed_domain = []", '2:1 unknown key "allowed_domain": did you mean "allowed_domains"?'],
      ["allowedDomains = []", '2:1 unknown key "allowedDomains": did you mean "allowed_domains"?'],
      [
        "allow-local-binding = true",
        '2:1 unknown key "allow-local-binding": did you mean "allow_local_binding"?',
      ],
      ['MODE = "full"', '2:1 unknown key "MODE": did you mean "mode"?'],
      ['proxy-url = "x"', '2:1 unknown key "proxy-url": did you mean "proxy_url"?'],
      ['socks5_url = "x"', '2:1 unknown key "socks5_url": did you mean "socks_url"?'],
      ["ports = [80]", '2:1 unknown key "ports": remove it; the keys of [network] are enabled, …'],
      ['"" = 1', '2:1 unknown key "": remove it; the keys of [network] are enabled, …'],
      [
        '"a\\u0007\\u202eb" = 1',
        '2:1 unknown key "a\\u0007\\u202eb": remove it; the keys of [network] are enabled, …',
      ],
      [
        "constructor = 1",
        '2:1 unknown key "constructor": remove it; the keys of [network] are enabled, …',
      ],
      [
        "__proto__ = 1",
        '2:1 unknown key "__proto__": remove it; the keys of [network] are enabled, …',
      ],
      [
        '"http://me:secret@a.test" = 1',
        '2:1 unknown key "http://…@a.test": remove it; the keys of [network] are enabled, …',
      ],
      [
        "x".repeat(200) + " = 1",
        '2:1 unknown key "' + "x".repeat(120) +
        '…": remove it; the keys of [network] are enabled, …',
      ],
      ["[network_proxy]", "2:2 both [network] and [network_proxy]: move all keys to [network]"],
    ],
  },
  {
    what: "keys that nobody knows",
    head: "",
    rows: [
      [
        "[network.__proto__]\nx = 1",
        '1:10 unknown key "__proto__": remove it; the keys of [network] are enabled, …',
      ],
      ["[netwrok]\nenabled = true", '1:2 unknown key "netwrok": did you mean "network"?'],
      ["[Network]\nenabled = true", '1:2 unknown key "Network": did you mean "network"?'],
      ["[foo]\nx = 1", '1:2 unknown key "foo": remove it; a policy is one table, [network]'],
      ["enabled = true", '1:1 "enabled" stands outside [network]: write it there'],
      ['mode = "limited"', '1:1 "mode" stands outside [network]: write it there'],
      [
        'allowed_domains = ["a.test"]',
        '1:1 "allowed_domains" stands outside [network]: write it there',
      ],
      ["[limits]\nconnections = 1", '1:2 "limits" stands outside [network]: write it there'],
      ['[rules]\n"a.test" = "read"', '1:2 "rules" stands outside [network]: write it there'],
      [
        "[experimental_network]\nenabled = true",
        '1:2 "experimental_network" is for requirements: write it into a file that --requirements names',
      ],
      [
        "default_permission = 'x'",
        '1:1 unknown key "default_permission": did you mean "default_permissions"?',
      ],
      [
        "[features]\nnetwork_prox = true",
        '2:1 unknown key "network_prox": did you mean "network_proxy"?',
      ],
      [
        "[features.network_proxy]\nmitm = true",
        '2:1 unknown key "mitm": remove it; the keys of [features.network_proxy] are enabled, …',
      ],
      [
        "[sandbox_workspace_write]\nnetwork = true",
        '2:1 unknown key "network": remove it; the keys of [sandbox_workspace_write] are network_access, …',
      ],
      ["[network.limit]\nconnections = 1", '1:10 unknown key "limit": did you mean "limits"?'],
      ["[network.mitm]\nenable = true", '2:1 unknown key "enable": did you mean "enabled"?'],
      [
        "[network.mitm]\nhooks = []",
        '2:1 unknown key "hooks": remove it; the keys of [network.mitm] are enabled, …',
      ],
      [
        '[network.mitm_ca]\ncert_file = "/a"',
        '1:10 "mitm_ca.certificate_file" is missing: an authority has a certificate and a key',
        '1:10 "mitm_ca.private_key_file" is missing: an authority has a certificate and a key',
        '2:1 unknown key "cert_file": remove it; the keys of [network.mitm_ca] are certificate_file, private_key_file',
      ],
      [
        "[network_proxy]\nask = true",
        '2:1 "ask" is not a key of [network_proxy]: write all keys under [network]',
      ],
      [
        "[network_proxy]\nallowed_domains = []",
        '2:1 "allowed_domains" is not a key of [network_proxy]: write all keys under [network]',
      ],
      [
        '[network_proxy.policy]\nmode = "full"',
        '2:1 "mode" is not a key of [network_proxy.policy]: write all keys under [network]',
      ],
      [
        "[network_proxy]\nfoo = 1",
        '2:1 unknown key "foo": remove it; the keys of [network_proxy] are enabled, …',
      ],
      [
        "[network_proxy.policy]\nallow_domains = []",
        '2:1 unknown key "allow_domains": did you mean "allowed_domains"?',
      ],
    ],
  },
  {
    what: "keys that nobody knows",
    head: "[network.limits]\n",
    rows: [
      ["conection = 1", '2:1 unknown key "conection": did you mean "connections"?'],
      [
        "connect_timeout = 1",
        '2:1 unknown key "connect_timeout": remove it; the keys of [network.limits] are connections, …',
      ],
      [
        "head_ms = 1",
        '2:1 unknown key "head_ms": remove it; the keys of [network.limits] are connections, …',
      ],
    ],
  },
  {
    what: "values of the wrong type",
    head: "[network.decider]\n",
    rows: [
      ['command = "decide"', '2:11 "command" is "decide": expected a list, as in ["…"]'],
      ["url = true", '2:7 "url" is true: expected text in quotes'],
      ['command = ["a", 1]', '2:17 "command[1]" is 1: expected text in quotes'],
      [
        'command = ["a"]\ntimeout_seconds = 5.5',
        '3:19 "timeout_seconds" is 5.5: expected a whole number from 1 to 60',
      ],
    ],
  },
  {
    what: "values out of bounds",
    head: '[network.decider]\ncommand = ["a"]\n',
    rows: [
      [
        "timeout_seconds = 0",
        '3:19 "timeout_seconds" is 0: expected a whole number from 1 to 60',
      ],
      [
        "timeout_seconds = 61",
        '3:19 "timeout_seconds" is 61: expected a whole number from 1 to 60',
      ],
      ["concurrency = 0", '3:15 "concurrency" is 0: expected a whole number from 1 to 1024'],
      ["concurrency = 1025", '3:15 "concurrency" is 1025: expected a whole number from 1 to 1024'],
    ],
  },
  {
    what: "keys that nobody knows",
    head: '[network.decider]\ncommand = ["a"]\n',
    rows: [
      [
        "timeout = 5",
        '3:1 unknown key "timeout": remove it; the keys of [network.decider] are command, url, timeout_seconds, concurrency',
      ],
      ["concurency = 5", '3:1 unknown key "concurency": did you mean "concurrency"?'],
      [
        "program = 'x'",
        '3:1 unknown key "program": remove it; the keys of [network.decider] are command, url, timeout_seconds, concurrency',
      ],
    ],
  },
  {
    what: "deciders",
    head: "[network.decider]\n",
    rows: [
      ["# nobody", '1:10 "decider" names nobody who decides: write "command" or "url"'],
      ["concurrency = 1", '1:10 "decider" names nobody who decides: write "command" or "url"'],
      [
        'command = ["a"]\nurl = "https://a.test/"',
        '3:1 both "command" and "url" are written: one decider decides, remove one',
      ],
      ['command = [""]', '2:11 "decider.command" begins with no name of a program'],
      ['command = ["a\\nb"]', '2:11 "decider.command" begins with no name of a program'],
      ['command = ["a", "b\\u0000"]', '2:11 "decider.command" has a NUL in it'],
      [
        'command = ["/nonexistent/decide"]',
        '2:11 "decider.command" names a program that does not exist, or is no file: write its path',
      ],
      [
        'command = ["./"]',
        '2:11 "decider.command" names a program that does not exist, or is no file: write its path',
      ],
      [
        'url = "http://example.com/s3cret"',
        '2:7 "decider.url" names no server to ask: http is for this machine only (127.0.0.1, localhost): write https',
      ],
      [
        'url = "example.com"',
        '2:7 "decider.url" names no server to ask: it is no URL such as https://example.com/questions',
      ],
    ],
  },
  {
    what: "patterns that match too much, or nothing",
    head: "[network]\n",
    rows: [
      ['allowed_domains = ["*"]', '2:20 bad host pattern "*": it matches every host; …'],
      ['allowed_domains = ["**"]', '2:20 bad host pattern "**": it matches every host; …'],
      ['allowed_domains = ["*.*"]', '2:20 bad host pattern "*.*": it matches every host; …'],
      [
        'allowed_domains = ["*.com"]',
        '2:20 bad host pattern "*.com": "com" is a public suffix, anyone may register a name under it; write the domain, as in "*.example.com"',
      ],
      [
        'allowed_domains = ["**.co.uk"]',
        '2:20 bad host pattern "**.co.uk": "co.uk" is a public suffix, anyone may register a name under it; write the domain, as in "*.example.co.uk"',
      ],
      [
        'allowed_domains = ["http://a.test"]',
        '2:20 bad host pattern "http://a.test": it is a URL; write the host only, "a.test"',
      ],
      [
        'allowed_domains = ["https://a.test/x"]',
        '2:20 bad host pattern "https://a.test/x": it is a URL; write the host only, "a.test"',
      ],
      [
        'allowed_domains = ["a.test/path"]',
        '2:20 bad host pattern "a.test/path": it is a URL; write the host only, "a.test"',
      ],
      [
        'allowed_domains = ["a.test:"]',
        '2:20 bad host pattern "a.test:": the port is missing; write one from 1 to 65535, or none for any port',
      ],
      [
        'allowed_domains = ["a.test:0"]',
        '2:20 bad host pattern "a.test:0": the port is not between 1 and 65535; write one from 1 to 65535, or none for any port',
      ],
      [
        'allowed_domains = ["a.test:65536"]',
        '2:20 bad host pattern "a.test:65536": the port is not between 1 and 65535; write one from 1 to 65535, or none for any port',
      ],
      [
        'allowed_domains = ["a.test:http"]',
        '2:20 bad host pattern "a.test:http": the port is not a plain decimal number; write one from 1 to 65535, or none for any port',
      ],
      [
        'allowed_domains = ["a b.test"]',
        '2:20 bad host pattern "a b.test": it has a space; write one pattern for each host',
      ],
      [
        'allowed_domains = [""]',
        '2:20 bad host pattern "": it is empty; write a host such as example.com',
      ],
      [
        'allowed_domains = [" "]',
        '2:20 bad host pattern " ": it is empty; write a host such as example.com',
      ],
      [
        'allowed_domains = ["-a.test"]',
        '2:20 bad host pattern "-a.test": a label begins with a hyphen; write a host such as example.com',
      ],
      [
        'allowed_domains = ["a-.test"]',
        '2:20 bad host pattern "a-.test": a label ends with a hyphen; write a host such as example.com',
      ],
      [
        'allowed_domains = ["a..test"]',
        '2:20 bad host pattern "a..test": a label is empty; write example.com, or *.example.com for what lies below it',
      ],
      [
        'allowed_domains = [".a.test"]',
        '2:20 bad host pattern ".a.test": a label is empty; write example.com, or *.example.com for what lies below it',
      ],
      [
        'allowed_domains = ["a.test.."]',
        '2:20 bad host pattern "a.test..": a label is empty; write example.com, or *.example.com for what lies below it',
      ],
      [
        'allowed_domains = ["münchen.example"]',
        '2:20 bad host pattern "münchen.example": it has characters outside ASCII; write the A-label, "xn--mnchen-3ya.example"',
      ],
      [
        'allowed_domains = ["a_b.test!"]',
        '2:20 bad host pattern "a_b.test!": there is no negation; write the host without ! in the list of denied hosts',
      ],
      [
        'allowed_domains = ["1.2.3"]',
        '2:20 bad host pattern "1.2.3": it ends in a number but is not an IPv4 address of four plain decimal numbers; write a host such as example.com',
      ],
      [
        'allowed_domains = ["0x7f.0.0.1"]',
        '2:20 bad host pattern "0x7f.0.0.1": it ends in a number but is not an IPv4 address of four plain decimal numbers; write a host such as example.com',
      ],
      [
        'allowed_domains = ["1.2.3.4.5"]',
        '2:20 bad host pattern "1.2.3.4.5": it ends in a number but is not an IPv4 address of four plain decimal numbers; write a host such as example.com',
      ],
      [
        'allowed_domains = ["10.0.0.0/33"]',
        '2:20 bad host pattern "10.0.0.0/33": what follows the slash is not a number of bits; write one from 1 to 32',
      ],
      [
        'allowed_domains = ["10.0.0.1/8"]',
        '2:20 bad host pattern "10.0.0.1/8": bits are set after the prefix; write 10.0.0.0/8, or the address alone',
      ],
      [
        'allowed_domains = ["::1/129"]',
        '2:20 bad host pattern "::1/129": what follows the slash is not a number of bits; write one from 1 to 128',
      ],
      [
        'allowed_domains = ["[::1"]',
        '2:20 bad host pattern "[::1": the closing bracket is missing; write [2001:db8::1]',
      ],
      [
        'allowed_domains = ["[::1]:99999"]',
        '2:20 bad host pattern "[::1]:99999": the port is not between 1 and 65535; write one from 1 to 65535, or none for any port',
      ],
      [
        'allowed_domains = ["fe80::1%eth0"]',
        '2:20 bad host pattern "fe80::1%eth0": percent-encoding and zone identifiers are not accepted; write the plain host or address',
      ],
      [
        'allowed_domains = ["a.test over"]',
        '2:20 bad host pattern "a.test over": it has a space; write one pattern for each host',
      ],
      [
        'allowed_domains = ["a.test over ftp"]',
        '2:20 bad host pattern "a.test over ftp": there is no such protocol; write one of http, https_connect, socks5_tcp, socks5_udp',
      ],
      [
        'allowed_domains = ["a.test raw raw"]',
        '2:20 bad host pattern "a.test raw raw": it has a space; write one pattern for each host',
      ],
      [
        'allowed_domains = ["a.test raw over http"]',
        '2:20 bad host pattern "a.test raw over http": it has a space; write one pattern for each host',
      ],
      [
        'allowed_domains = ["user@a.test"]',
        '2:20 bad host pattern "user@a.test": it has user information; write the host only',
      ],
      [
        'allowed_domains = ["?.com"]',
        '2:20 bad host pattern "?.com": "com" is a public suffix, anyone may register a name under it; write the domain, as in "*.example.com"',
      ],
      [
        'allowed_domains = ["a*b*.com"]',
        '2:20 bad host pattern "a*b*.com": "com" is a public suffix, anyone may register a name under it; write the domain, as in "*.example.com"',
      ],
      [
        'allowed_domains = ["' + "x".repeat(64) + '.test"]',
        '2:20 bad host pattern "' + "x".repeat(64) +
        '.test": a label is longer than 63 bytes; write a host such as example.com',
      ],
      [
        'allowed_domains = ["' + "a.".repeat(130) + 'test"]',
        '2:20 bad host pattern "' + "a.".repeat(60) +
        '…": the name is longer than 253 bytes; write a host such as example.com',
      ],
      [
        'allowed_domains = ["a.test\\u0000"]',
        '2:20 bad host pattern "a.test\\u0000": it has a control character; write a host such as example.com',
      ],
      [
        'allowed_domains = ["\\u202ea.test"]',
        '2:20 bad host pattern "\\u202ea.test": it has characters outside ASCII; write the A-label, xn--',
      ],
      [
        'allowed_domains = ["*.a.test:443 over https"]',
        '2:20 bad host pattern "*.a.test:443 over https": there is no such protocol; write one of http, https_connect, socks5_tcp, socks5_udp',
      ],
      [
        'allowed_domains = ["10.0.0.0/8:80"]',
        '2:20 bad host pattern "10.0.0.0/8:80": a range takes no port; write 10.0.0.0/8',
      ],
      ['allowed_domains = ["*:443"]', '2:20 bad host pattern "*:443": it matches every host; …'],
      ['denied_domains = ["*"]', '2:19 bad host pattern "*": it matches every host; …'],
      [
        'denied_domains = ["ok.test", "*.org"]',
        '2:30 bad host pattern "*.org": "org" is a public suffix, a rule over all its names is refused in both lists; write the domain, as in "*.example.org"',
      ],
      [
        'allowed_domains = [\n  "a.test",\n  "b.test/x", # twice\n  "*",\n]',
        '4:3 bad host pattern "b.test/x": it is a URL; write the host only, "b.test"',
        '5:3 bad host pattern "*": it matches every host; …',
      ],
    ],
  },
  {
    what: "URLs and paths",
    head: "[network]\n",
    rows: [
      [
        'proxy_url = "http://127.0.0.1:99999"',
        '2:13 "proxy_url" is "http://127.0.0.1:99999": the port is not between 1 and 65535; write it like "http://127.0.0.1:3128"',
      ],
      [
        'proxy_url = "http://"',
        '2:13 "proxy_url" is "http://": the host is missing; write it like "http://127.0.0.1:3128"',
      ],
      [
        'proxy_url = ""',
        '2:13 "proxy_url" is "": the host is missing; write it like "http://127.0.0.1:3128"',
      ],
      [
        'proxy_url = "http://127.0.0.1:8080"',
        '2:13 "admin_url" and "proxy_url" are both 127.0.0.1:8080: give each its own port',
      ],
      [
        'socks_url = "http://[::1"',
        '2:13 "socks_url" is "http://[::1": the closing bracket is missing; write it like "http://127.0.0.1:8081"',
      ],
      [
        'socks_url = "http://127.0.0.1:8080"',
        '2:13 "admin_url" and "socks_url" are both 127.0.0.1:8080: give each its own port',
      ],
      [
        'admin_url = "http://127.0.0.1:3128"',
        '2:13 "admin_url" and "proxy_url" are both 127.0.0.1:3128: give each its own port',
      ],
      [
        'admin_url = "http://1.2.3:80"',
        '2:13 "admin_url" is "http://1.2.3:80": it ends in a number but is not an IPv4 address of four plain decimal numbers; write it like "http://127.0.0.1:8080"',
      ],
      [
        'upstream_proxy = "ftp://proxy.test"',
        '2:18 "upstream_proxy" names no proxy: ftp is not spoken: only http, https, socks5 and socks5h',
      ],
      [
        'upstream_proxy = "http://proxy.test:0"',
        '2:18 "upstream_proxy" names no proxy: the port is not between 1 and 65535',
      ],
      [
        'upstream_proxy = "http://me:sec/ret@proxy.test"',
        '2:18 "upstream_proxy" names no proxy: something follows the host: in a password "/", "?" and "#" are %2F, %3F and %23',
      ],
      ['upstream_proxy = "http://"', '2:18 "upstream_proxy" names no proxy: the host is empty'],
      [
        'upstream_proxy = "socks4://proxy.test"',
        '2:18 "upstream_proxy" names no proxy: socks4 is not spoken: only http, https, socks5 and socks5h',
      ],
      ['upstream_proxy = "http://a b"', '2:18 "upstream_proxy" names no proxy: it has a space'],
      [
        'ask_webhook = "http://example.com/x"',
        '2:15 "ask_webhook" names no place for questions: http is for this machine only (127.0.0.1, localhost): write https',
      ],
      [
        'ask_webhook = "example.com"',
        '2:15 "ask_webhook" names no place for questions: it is no URL such as https://example.com/questions',
      ],
      [
        'ask_webhook = "ftp://example.com"',
        '2:15 "ask_webhook" names no place for questions: only https, and http to this machine, are spoken',
      ],
      [
        'ask_webhook = "https:///x"',
        '2:15 "ask_webhook" names no place for questions: it is no URL such as https://example.com/questions',
      ],
      [
        'ask_webhook = "https://a b"',
        '2:15 "ask_webhook" names no place for questions: it is no URL such as https://example.com/questions',
      ],
      [
        'ask_webhook = "https://[::1"',
        '2:15 "ask_webhook" names no place for questions: it is no URL such as https://example.com/questions',
      ],
      [
        'violation_file = "a\\nb"',
        '2:18 "violation_file" has a line end or a NUL in it: name a file',
      ],
      [
        'violation_file = "\\u0000"',
        '2:18 "violation_file" has a line end or a NUL in it: name a file',
      ],
      [
        'upstream_ca_file = "/nonexistent/ca.pem"',
        '2:20 "upstream_ca_file" names no list of authorities: "/nonexistent/ca.pem": it does not exist; check the path',
      ],
      [
        'upstream_ca_file = "a\\u0000b"',
        '2:20 "upstream_ca_file" has a line end or a NUL in it: name a file',
      ],
      [
        'upstream_proxy = "http://proxy.test"\nallow_upstream_proxy = false',
        '2:1 "upstream_proxy" is written and "allow_upstream_proxy" is false: remove one of them',
      ],
      [
        'sni_binding = false\nech = "deny"',
        '3:7 "sni_binding" is false: nobody reads the handshakes that "ech" is about',
      ],
      [
        'allow_unix_sockets = ["docker.sock", "/ok", "~/x", "/a\\u0000"]',
        "2:23 invalid network.allow_unix_sockets[0]: expected a NUL-free absolute path for …",
        "2:45 invalid network.allow_unix_sockets[2]: expected a NUL-free absolute path for …",
        "2:52 invalid network.allow_unix_sockets[3]: expected a NUL-free absolute path for …",
      ],
      [
        'mitm_ca = { certificate_file = "ca.pem", private_key_file = "/ca.key" }',
        '2:32 "mitm_ca.certificate_file" is "ca.pem": expected an absolute path',
      ],
      [
        'mitm_ca = { certificate_file = "/ca.pem" }',
        '2:1 "mitm_ca.private_key_file" is missing: an authority has a certificate and a key',
      ],
      [
        "mitm_ca = {}",
        '2:1 "mitm_ca.certificate_file" is missing: an authority has a certificate and a key',
        '2:1 "mitm_ca.private_key_file" is missing: an authority has a certificate and a key',
      ],
      [
        'mitm_ca = { certificate_file = "/c", private_key_file = "/k" }\nmitm.ca_key_path = "k"',
        '3:6 both "mitm_ca" and "mitm.ca_key_path" are written: remove "mitm.ca_key_path"',
      ],
    ],
  },
  {
    what: "URLs and paths",
    head: "",
    rows: [
      [
        '[network.mitm]\nca_cert_path = "a\\nb"',
        '2:16 "ca_cert_path" has a line end or a NUL in it: name a file',
      ],
    ],
  },
  {
    what: "request rules",
    head: "[network]\n",
    rows: [
      [
        'rules = { "a.test" = "read" }',
        '2:1 "rules" needs to see what tunnels carry: write mitm = true under [network]',
      ],
      [
        '[[network.mitm_hooks]]\nhost = "a.test"\nmatch = { methods = ["GET"], path_prefixes = ["/"] }\n',
        '2:11 "mitm_hooks" needs to see what tunnels carry: write mitm = true under [network]',
      ],
    ],
  },
  {
    what: "request rules",
    head: "[network]\nmitm = true\n[network.rules]\n",
    rows: [
      [
        '"a.test" = "reed"',
        '4:12 bad "reed" in "a.test": there is no such word; write one of read, write, git-fetch, git-push',
      ],
      [
        '"a.test" = ""',
        '4:12 bad "" in "a.test": there is no such word; write one of read, write, git-fetch, git-push',
      ],
      ['"a.test" = []', '4:12 "a.test" is an empty list, and nothing matches it: remove it'],
      ['"a.test" = 1', '4:12 "a.test" is 1: expected text in quotes'],
      ['"a.test" = true', '4:12 "a.test" is true: expected text in quotes'],
      ['"a.test" = ["read", 1]', '4:21 "a.test" is 1: expected text in quotes'],
      [
        '"a.test" = ["read", { methods = ["GET"] }]',
        '4:13 "a.test" is "read": expected a table like the others',
      ],
      [
        '"a.test" = [{ methods = ["GET"] }, "read"]',
        '4:36 "a.test" is "read": expected a table like the others',
      ],
      [
        '"a.test" = "read:"',
        '4:12 bad "read:" in "a.test": nothing follows the colon; write read for the whole host',
      ],
      [
        '"a.test" = "read:/a/*"',
        '4:12 bad "read:/a/*" in "a.test": what is below a path goes with it; write read:a',
      ],
      [
        '"a.test" = "git-push:a/../b"',
        '4:12 bad "git-push:a/../b" in "a.test": it has a dot segment, or an empty one: servers differ in what they make of it, and no request matches',
      ],
      [
        '"a.test" = "READ"',
        '4:12 bad "READ" in "a.test": there is no such word; write one of read, write, git-fetch, git-push',
      ],
      ['"*" = "read"', '4:1 bad host pattern "*": it matches every host; …'],
      [
        '"*.com" = "read"',
        '4:1 bad host pattern "*.com": "com" is a public suffix, anyone may register a name under it; write the domain, as in "*.example.com"',
      ],
      [
        '"http://a.test" = "read"',
        '4:1 bad host pattern "http://a.test": it is a URL; write the host only, "a.test"',
      ],
      [
        '"a.test raw" = "read"',
        '4:1 bad host pattern "a.test raw": it has a space; write one pattern for each host',
      ],
      ['"" = "read"', '4:1 bad host pattern "": it is empty; write a host such as example.com'],
      ['a.test = "read"', '4:1 a host without quotes is split at its dots: write "a.test"'],
      [
        '"a.test" = { "b" = "read" }',
        '4:14 unknown key "b": remove it; the keys of a request rule are methods, paths, query, headers, can, strip, inject',
      ],
      ['"a.test" = { method = ["GET"] }', '4:14 unknown key "method": did you mean "methods"?'],
      [
        '"a.test" = { methods = [] }',
        '4:24 "methods" is an empty list, and nothing matches it: remove it',
      ],
      ['"a.test" = { methods = "G T" }', '4:24 bad "G T" in "methods": it is no method; write GET'],
      ['"a.test" = { methods = ["GET", 1] }', '4:32 "methods" is 1: expected text in quotes'],
      [
        '"a.test" = { methods = {} }',
        '4:24 "methods" is a table: expected text, or a list as in ["…"]',
      ],
      [
        '"a.test" = { paths = "x" }',
        '4:22 bad "x" in "paths": a path begins with a slash; write "/x"',
      ],
      [
        '"a.test" = { paths = ["/a", ""] }',
        '4:29 bad "" in "paths": a path begins with a slash; write "/"',
      ],
      [
        '"a.test" = { paths = "/a?b" }',
        '4:22 bad "/a?b" in "paths": a path ends where its query begins; write the query as query = { key = "value" }',
      ],
      [
        '"a.test" = { paths = "/a/../b" }',
        '4:22 bad "/a/../b" in "paths": it has a dot segment, or an empty one: servers differ in what they make of it, and no request matches',
      ],
      [
        '"a.test" = { paths = "pattern:x" }',
        '4:22 bad "pattern:x" in "paths": a path begins with a slash; write "/x"',
      ],
      ['"a.test" = { paths = 1 }', '4:22 "paths" is 1: expected text in quotes'],
      [
        '"a.test" = { query = [] }',
        '4:22 "query" is not a table: write query = { name = "value" }',
      ],
      ['"a.test" = { query = { page = 1 } }', '4:31 "query.page" is 1: expected text in quotes'],
      [
        '"a.test" = { query = { page = ["1", 2] } }',
        '4:37 "query.page" is 2: expected text in quotes',
      ],
      [
        '"a.test" = { query = { page = { a = 1 } } }',
        '4:31 "query.page" is a table: expected text, or a list as in ["…"]',
      ],
      [
        '"a.test" = { headers = "x" }',
        '4:24 "headers" is not a table: write headers = { name = "value" }',
      ],
      ['"a.test" = { headers = { "a b" = "x" } }', '4:26 "a b" is no name of a header'],
      [
        '"a.test" = { headers = { Authorization = ["Bearer s3cret", 1] } }',
        '4:60 "headers.Authorization" is 1: expected text in quotes',
      ],
      [
        '"a.test" = { can = "reads" }',
        '4:20 bad "reads" in "can": there is no such word; write one of read, write, git-fetch, git-push',
      ],
      ['"a.test" = { can = [] }', '4:20 "can" is an empty list, and nothing matches it: remove it'],
      [
        '"a.test" = { strip = "Host" }',
        '4:22 bad "Host" in "strip": Doorward writes this header itself',
      ],
      ['"a.test" = { strip = ["a b"] }', '4:23 bad "a b" in "strip": it is no name of a header'],
      ['"a.test" = { strip = [1] }', '4:23 "strip" is 1: expected text in quotes'],
      [
        '"a.test" = { strip = { } }',
        '4:22 "strip" is a table: expected text, or a list as in ["…"]',
      ],
      [
        '"a.test" = { inject = "s3cret" }',
        '4:23 "inject" is not a table: write inject = { Authorization = { env = "TOKEN", prefix = "Bearer " } }',
      ],
      [
        '"a.test" = { inject = { Authorization = "s3cret" } }',
        '4:41 a secret is not written here: write inject = { Authorization = { env = "TOKEN", prefix = "Bearer " } }',
      ],
      [
        '"a.test" = { inject = { Authorization = {} } }',
        '4:41 no secret: write env = "NAME", or file = "/absolute/path"',
      ],
      [
        '"a.test" = { inject = { Authorization = { env = "TOKEN", file = "/x" } } }',
        '4:58 both "env" and "file": a secret comes from one of them',
      ],
      [
        '"a.test" = { inject = { Authorization = { env = "" } } }',
        '4:49 "env" is no name of an environment variable',
      ],
      [
        '"a.test" = { inject = { Authorization = { env = "A=B" } } }',
        '4:49 "env" is no name of an environment variable',
      ],
      [
        '"a.test" = { inject = { Authorization = { env = "UNSET" } } }',
        '4:49 cannot use the secret of environment variable "UNSET": it is not set',
      ],
      [
        '"a.test" = { inject = { Authorization = { file = "x" } } }',
        '4:50 "file" is not absolute: write the whole path',
      ],
      [
        '"a.test" = { inject = { Authorization = { file = "/nonexistent" } } }',
        '4:50 cannot use the secret of "/nonexistent": there is no such file',
      ],
      [
        '"a.test" = { inject = { Authorization = { envv = "TOKEN" } } }',
        '4:41 no secret: write env = "NAME", or file = "/absolute/path"',
        '4:43 unknown key "envv": did you mean "env"?',
      ],
      [
        '"a.test" = { inject = { Authorization = { env = "TOKEN", prefix = "é" } } }',
        '4:67 "prefix" is not text that a header can hold',
      ],
      [
        '"a.test" = { inject = { Authorization = { env = "TOKEN", prefix = 1 } } }',
        '4:67 "prefix" is not text that a header can hold',
      ],
      [
        '"a.test" = { inject = { Host = { env = "TOKEN" } } }',
        '4:25 bad header "Host": Doorward writes this header itself',
      ],
      [
        '"a.test" = { inject = { "a b" = { env = "TOKEN" } } }',
        '4:25 bad header "a b": it is no name of a header',
      ],
      [
        '"a.test" = { inject = { A = { env = "TOKEN" }, a = { env = "TOKEN" } } }',
        '4:48 "a" is put in twice',
      ],
      [
        '"a\\u0007.test" = "read"',
        '4:1 bad host pattern "a\\u0007.test": it has a control character; write a host such as example.com',
      ],
      [
        '"a.test" = { "\\u202e" = 1 }',
        '4:14 unknown key "\\u202e": remove it; the keys of a request rule are methods, paths, query, headers, can, strip, inject',
      ],
      [
        '"a.test" = { query = { "\\u202e" = 1 } }',
        '4:35 "query.\\u202e" is 1: expected text in quotes',
      ],
      [
        '"a.test" = { query = { "' + "q".repeat(300) + '" = 1 } }',
        '4:329 "query.' + "q".repeat(114) + '…" is 1: expected text in quotes',
      ],
      [
        '"' + "a.".repeat(100) + 'test" = [{}, 1]',
        '4:215 "' + "a.".repeat(60) + '…" is 1: expected a table like the others',
      ],
      [
        '"http://me:secret@a.test" = 1',
        '4:1 bad host pattern "http://…@a.test": it is a URL; write the host only, "a.test"',
      ],
      [
        '"a.test" = [{}, "http://me:secret@b.test"]',
        '4:17 "a.test" is "http://…@b.test": expected a table like the others',
      ],
    ],
  },
  {
    what: "hooks",
    head: "[network]\n",
    rows: [
      [
        "mitm = true\nmitm_hooks = [1]",
        '3:15 "mitm_hooks" is 1: expected a table: write [[network.mitm_hooks]]',
      ],
    ],
  },
  {
    what: "hooks",
    head: '[network]\nmitm = true\nallowed_domains = ["a.test"]\n[[network.mitm_hooks]]\n',
    rows: [
      [
        "",
        '4:11 a hook without "methods": write match.methods = ["GET"]',
        '4:11 a hook without "path_prefixes": write match.path_prefixes = ["/v1/"]',
        '4:11 a hook without a host: write host = "api.example.com"',
      ],
      [
        'host = "a.test"',
        '4:11 a hook without "methods": write match.methods = ["GET"]',
        '4:11 a hook without "path_prefixes": write match.path_prefixes = ["/v1/"]',
      ],
      [
        "host = 1",
        '4:11 a hook without "methods": write match.methods = ["GET"]',
        '4:11 a hook without "path_prefixes": write match.path_prefixes = ["/v1/"]',
        '5:8 "host" is 1: expected text in quotes',
      ],
      [
        'host = "a.test"\nmatch = { methods = ["GET"], path_prefixes = ["/"] }\nextra = 1',
        '7:1 unknown key "extra": remove it; the keys of [[network.mitm_hooks]] are host, match, actions',
      ],
      [
        'host = "a.test"\nmatch = { methods = ["GET"], path_prefixes = ["/"] }\nhosts = 1',
        '7:1 unknown key "hosts": did you mean "host"?',
      ],
      [
        'match = { methods = ["GET"], path_prefixes = ["/"] }',
        '4:11 a hook without a host: write host = "api.example.com"',
      ],
      [
        'host = "*.a.test"\nmatch = { methods = ["GET"], path_prefixes = ["/"] }',
        '5:8 bad host "*.a.test": a hook is for one host; write a wildcard in [network.rules]',
      ],
      [
        'host = ""\nmatch = { methods = ["GET"], path_prefixes = ["/"] }',
        '5:8 bad host "": it is empty; write a host such as example.com',
      ],
      ['host = "a.test"\nmatch = []', '6:9 "match" is an empty list: expected a table'],
      [
        'host = "a.test"\nmatch = { methods = ["GET"] }',
        '6:9 a hook without "path_prefixes": write match.path_prefixes = ["/v1/"]',
      ],
      [
        'host = "a.test"\nmatch = { path_prefixes = ["/"] }',
        '6:9 a hook without "methods": write match.methods = ["GET"]',
      ],
      [
        'host = "a.test"\nmatch = { methods = ["GET"], path_prefixes = ["/"], body = "x" }',
        '6:53 "body" cannot be matched: remove it, nobody reads bodies',
      ],
      [
        'host = "a.test"\nmatch = { methods = ["GET"], paths = ["/"] }',
        '6:9 a hook without "path_prefixes": write match.path_prefixes = ["/v1/"]',
        '6:30 unknown key "paths": remove it; the keys of match are methods, path_prefixes, query, headers',
      ],
      [
        'host = "a.test"\nmatch = { methods = ["GET"], path_prefixes = ["x"] }',
        '6:47 bad "x" in "path_prefixes": a path begins with a slash; write "/x"',
      ],
      [
        'host = "a.test"\nmatch = { methods = ["GET"], path_prefixes = ["/"], query = { a = [] } }',
        '6:67 "query.a" is an empty list, and nothing matches it: remove it',
      ],
      [
        'host = "a.test"\nmatch = { methods = ["GET"], path_prefixes = ["/"] }\nactions = 1',
        '7:11 "actions" is 1: expected a table',
      ],
      [
        'host = "a.test"\nmatch = { methods = ["GET"], path_prefixes = ["/"] }\nactions = { strip = 1 }',
        '7:13 unknown key "strip": remove it; the keys of actions are strip_request_headers, inject_request_headers',
      ],
      [
        'host = "a.test"\nmatch = { methods = ["GET"], path_prefixes = ["/"] }\nactions = { strip_request_headers = "Host" }',
        '7:37 bad "Host" in "strip_request_headers": Doorward writes this header itself',
      ],
      [
        'host = "a.test"\nmatch = { methods = ["GET"], path_prefixes = ["/"] }\nactions = { inject_request_headers = {} }',
        '7:38 "inject_request_headers" is not a list of tables: write { name = "Authorization", secret_env_var = "TOKEN" }',
      ],
      [
        'host = "a.test"\nmatch = { methods = ["GET"], path_prefixes = ["/"] }\nactions = { inject_request_headers = [1] }',
        '7:39 an element of "inject_request_headers" is not a table: write { name = "Authorization", secret_env_var = "TOKEN" }',
      ],
      [
        'host = "a.test"\nmatch = { methods = ["GET"], path_prefixes = ["/"] }\nactions = { inject_request_headers = [{ name = "A" }] }',
        '7:39 no secret: write secret_env_var = "NAME", or secret_file = "/absolute/path"',
      ],
      [
        'host = "a.test"\nmatch = { methods = ["GET"], path_prefixes = ["/"] }\nactions = { inject_request_headers = [{ secret_env_var = "TOKEN" }] }',
        '7:39 no "name": write the name of the header',
      ],
      [
        'host = "a.test"\nmatch = { methods = ["GET"], path_prefixes = ["/"] }\nactions = { inject_request_headers = [{ name = 1, secret_env_var = "TOKEN" }] }',
        '7:48 "name" is 1: expected text in quotes',
      ],
      [
        'host = "a.test"\nmatch = { methods = ["GET"], path_prefixes = ["/"] }\nactions = { inject_request_headers = [{ name = "Host", secret_env_var = "TOKEN" }] }',
        '7:48 bad header "Host": Doorward writes this header itself',
      ],
      [
        'host = "a.test"\nmatch = { methods = ["GET"], path_prefixes = ["/"] }\nactions = { inject_request_headers = [{ name = "A", secret_file = "x" }] }',
        '7:67 "secret_file" is not absolute: write the whole path',
      ],
      [
        'host = "a.test"\nmatch = { methods = ["GET"], path_prefixes = ["/"] }\nactions = { inject_request_headers = [{ name = "A", secret = "x" }] }',
        '7:39 no secret: write secret_env_var = "NAME", or secret_file = "/absolute/path"',
        '7:53 unknown key "secret": remove it; the keys of inject_request_headers are name, secret_env_var, secret_file, prefix',
      ],
      [
        'host = "a.test"\nmatch = { methods = ["GET"], path_prefixes = ["/"] }\nactions = { inject_request_headers = [{ name = "A", secret_env_var = "TOKEN" }, { name = "a", secret_env_var = "TOKEN" }] }',
        '7:90 "a" is put in twice',
      ],
    ],
  },
  {
    what: "[otel] that exports nowhere",
    head: "[otel]\n",
    rows: [
      [
        'exporter = "otlp-http"',
        '2:12 "exporter" is no exporter: write "none", or { otlp-http = { endpoint = "http://127.0.0.1:4318" } }',
      ],
      [
        "exporter = { otlp-grpc = {} }",
        '2:14 "exporter" is no exporter: otlp-grpc is not available in this version: write otlp-http; collectors take it at port 4318',
      ],
      [
        "exporter = { otlp-http = {} }",
        '2:26 [otel.exporter.otlp-http] has no "endpoint": write { otlp-http = { endpoint = "http://127.0.0.1:4318" } }',
      ],
      [
        'trace_exporter = { otlp-http = { endpoint = "http://a.test" } }',
        '2:45 "endpoint" names no place to export to: http is for this machine only (127.0.0.1, localhost): write https',
      ],
      [
        'exporter = { otlp-http = { endpoint = "https://a.test", headers = { Host = "x" } } }',
        '2:69 header "Host": Doorward sets it itself: remove it',
      ],
      [
        "interval_seconds = 0",
        '2:20 "interval_seconds" is 0: expected a whole number from 1 to 3600',
      ],
    ],
  },
];

/** Flags that cannot be used, without a file, and what is said of them. */
export const BROKEN_FLAGS: readonly (readonly [readonly string[], ...string[]])[] = [
  [["network"], 'in "network": no "="; write key=value, as in network.mode="limited"'],
  [[""], 'in "": no "="; write key=value, as in network.mode="limited"'],
  [["="], 'in "=": no key before "="; write key=value, as in network.mode="limited"'],
  [["=1"], 'in "=1": no key before "="; write key=value, as in network.mode="limited"'],
  [[" = 1"], 'in " = 1": no key before "="; write key=value, as in network.mode="limited"'],
  [["network=1"], 'in "network=1": "network" is 1: expected a table: write [network]'],
  [["network.mode=open"], 'in "network.mode=open": "mode" is "open": expected "full" or "limited"'],
  [["network.mode"], 'in "network.mode": no "="; write key=value, as in network.mode="limited"'],
  [
    ["network.mode=full", "network.mode=shut"],
    'in "network.mode=shut": "mode" is "shut": expected "full" or "limited"',
  ],
  [["network.enabled=yes"], 'in "network.enabled=yes": "enabled" is "yes": expected true or false'],
  [["network.enabled=1"], 'in "network.enabled=1": "enabled" is 1: expected true or false'],
  [
    ["network.ask_hold_seconds=9999"],
    'in "network.ask_hold_seconds=9999": "ask_hold_seconds" is 9999: expected a whole number from 0 to 3600',
  ],
  [
    ["network.ask_hold_seconds=30s"],
    'in "network.ask_hold_seconds=30s": "ask_hold_seconds" is "30s": expected a whole number from 0 to 3600',
  ],
  [
    ["network.allowed_domains=a.test"],
    'in "network.allowed_domains=a.test": "allowed_domains" is "a.test": expected a list, as in ["…"]',
  ],
  [
    ['network.allowed_domains=["*"]'],
    'in "network.allowed_domains=[\\"*\\"]": bad host pattern "*": it matches every host; …',
  ],
  [
    ["network.allowed_domains=[1]"],
    'in "network.allowed_domains=[1]": "allowed_domains[0]" is 1: expected text in quotes',
  ],
  [
    ["network.alowed_domains=[]"],
    'in "network.alowed_domains=[]": unknown key "alowed_domains": did you mean "allowed_domains"?',
  ],
  [["netwrok.mode=full"], 'in "netwrok.mode=full": unknown key "netwrok": did you mean "network"?'],
  [["mode=full"], 'in "mode=full": "mode" stands outside [network]: write it there'],
  [
    ["foo.bar=1"],
    'in "foo.bar=1": unknown key "foo": remove it; a policy is one table, [network]',
  ],
  [
    ["network.limits=1"],
    'in "network.limits=1": "limits" is 1: expected a table: write [network.limits]',
  ],
  [
    ["network.limits.connections=0"],
    'in "network.limits.connections=0": "connections" is 0: expected a whole number from 1 to 1000000',
  ],
  [
    ["network.limits.conection=1"],
    'in "network.limits.conection=1": unknown key "conection": did you mean "connections"?',
  ],
  [
    ["network.upstream_proxy=http://me:secret@"],
    'in "network.upstream_proxy=…": "upstream_proxy" names no proxy: the host is empty',
  ],
  [
    ["network.upstream_proxy=ftp://me:secret@proxy.test"],
    'in "network.upstream_proxy=…": "upstream_proxy" names no proxy: ftp is not spoken: only http, https, socks5 and socks5h',
  ],
  [
    ["network.ask_webhook=http://me:secret@example.com/"],
    'in "network.ask_webhook=…": "ask_webhook" names no place for questions: http is for this machine only (127.0.0.1, localhost): write https',
  ],
  [
    ['network.rules={"a.test"="read"}'],
    'in "network.rules=…": "rules" needs to see what tunnels carry: write mitm = true under [network]',
  ],
  [
    ["network.mitm=true", 'network.rules={"a.test"="reed"}'],
    'in "network.rules=…": bad "reed" in "a.test": there is no such word; write one of read, write, git-fetch, git-push',
  ],
  [
    ["network.mitm=true", "network.rules.a.test=read"],
    'in "network.rules.a.test=…": a host without quotes is split at its dots: write network.rules={"a.test"=…}',
  ],
  [
    ["network.mitm=true", "network.rules=read"],
    'in "network.rules=…": "rules" is "read": expected a table: write [network.rules], and "host" = "read" under it',
  ],
  [
    ["network.workers=all"],
    'in "network.workers=all": "workers" is "all": expected a whole number from 1 to 16, or "auto"',
  ],
  [
    ["network..mode=full"],
    'in "network..mode=full": unknown key "": remove it; the keys of [network] are enabled, …',
  ],
  [
    ['network."mode"=full'],
    'in "network.\\"mode\\"=full": unknown key "\\"mode\\"": remove it; the keys of [network] are enabled, …',
  ],
  [
    ["network.__proto__.x=1"],
    'in "network.__proto__.x=1": unknown key "__proto__": remove it; the keys of [network] are enabled, …',
  ],
  [
    ["__proto__=1"],
    'in "__proto__=1": unknown key "__proto__": remove it; a policy is one table, [network]',
  ],
  [
    ["a.".repeat(70) + "b=1"],
    'in "' + "a.".repeat(60) + '…": more than 64 dots in the key; shorten it',
  ],
  [
    ['network.mode={"' + "a.".repeat(80) + 'b"=1}'],
    'in "network.mode={\\"' + "a.".repeat(52) +
    'a…": "mode" is a table: expected "full" or "limited"',
  ],
  [
    ["network.rules=" + "[".repeat(80)],
    'in "network.rules=…": "rules" is "' + "[".repeat(80) +
    '": expected a table: write [network.rules], and "host" = "read" under it',
    'in "network.rules=…": "rules" needs to see what tunnels carry: write mitm = true under [network]',
  ],
  [
    ["network.mode=\u001b[31m"],
    'in "network.mode=\\u001b[31m": "mode" is "\\u001b[31m": expected "full" or "limited"',
  ],
  [
    ["\u202e=1"],
    'in "\\u202e=1": unknown key "\\u202e": remove it; a policy is one table, [network]',
  ],
  [
    ["network.mode=a\nb"],
    'in "network.mode=a\\u000ab": "mode" is "a\\u000ab": expected "full" or "limited"',
  ],
  [
    ['network.denied_domains=["ok.test","*.com"]'],
    'in "network.denied_domains=[\\"ok.test\\",\\"*.com\\"]": bad host pattern "*.com": "com" is a public suffix, a rule over all its names is refused in both lists; write the domain, as in "*.example.com"',
  ],
  [
    ["network_proxy.policy=1"],
    'in "network_proxy.policy=1": "policy" is 1: expected a table: write [network_proxy.policy]',
  ],
  [
    ["network_proxy.mode=x"],
    'in "network_proxy.mode=x": "mode" is "x": expected "full" or "limited"',
  ],
  [["network.mode=nan"], 'in "network.mode=nan": "mode" is nan: expected "full" or "limited"'],
  [
    ["network.mode=1979-05-27"],
    'in "network.mode=1979-05-27": "mode" is a date: expected "full" or "limited"',
  ],
  [
    ['network.allow_unix_sockets=["x"]'],
    'in "network.allow_unix_sockets=[\\"x\\"]": invalid network.allow_unix_sockets[0]: expected a NUL-free absolute path for …',
  ],
  [
    ["network.mitm_ca.certificate_file=/a"],
    'in "network.mitm_ca.certificate_file=/a": "mitm_ca.private_key_file" is missing: an authority has a certificate and a key',
  ],
  [
    ["network.violation_file=a\u0000b"],
    'in "network.violation_file=a\\u0000b": "violation_file" has a line end or a NUL in it: name a file',
  ],
  [
    ["network.mitm_hooks=[{}]", "network.mitm=true"],
    'in "network.mitm_hooks=…": a hook without "methods": write match.methods = ["GET"]',
    'in "network.mitm_hooks=…": a hook without "path_prefixes": write match.path_prefixes = ["/v1/"]',
    'in "network.mitm_hooks=…": a hook without a host: write host = "api.example.com"',
  ],
];
