import BulkRecords
import Testing

/// The cases that RFC 8259 leaves to the JSON reader, each as the value of a key.
///
/// Their names are those of the JSON Parsing Test Suite, without the leading `i_`. docs/reading.md
/// documents the same choices.
@Suite("JSON cases that the specification leaves open")
struct JSONChoiceTests {
    @Test(
        "Numbers of any size are accepted and kept as written",
        arguments: [
            ("number_double_huge_neg_exp", "123.456e-789"),
            (
                "number_huge_exp",
                "0.4e00669999999999999999999999999999999999999999999999969999999006"
            ),
            ("number_neg_int_huge_exp", "-1e+9999"), ("number_pos_double_huge_exp", "1.5e+9999"),
            ("number_real_neg_overflow", "-123123e100000"),
            ("number_real_pos_overflow", "123123e100000"),
            ("number_real_underflow", "123e-10000000"),
            ("number_too_big_neg_int", "-123123123123123123123123123123"),
            ("number_too_big_pos_int", "100000000000000000000"),
            ("number_very_big_negative_int", "-237462374673276894279832749832423479823246327846"),
        ])
    func numbers(name: String, number: String) throws {
        let seen = try SeenInput(Array("{\"a\":\(number)}".utf8), format: .jsonLines)
        #expect(seen.lines == [number])
    }

    @Test(
        "Half of a surrogate pair is a problem of its record",
        arguments: [
            ("object_key_lone_2nd_surrogate", #"{"\uDFAA":0}"#),
            ("string_1st_surrogate_but_2nd_missing", #"{"a":"\uDADA"}"#),
            ("string_1st_valid_surrogate_2nd_invalid", #"{"a":"\uD888\u1234"}"#),
            ("string_incomplete_surrogate_and_escape_valid", #"{"a":"\uD800\n"}"#),
            ("string_incomplete_surrogate_pair", #"{"a":"\uDd1ea"}"#),
            ("string_incomplete_surrogates_escape_valid", #"{"a":"\uD800\uD800\n"}"#),
            ("string_invalid_lonely_surrogate", #"{"a":"\ud800"}"#),
            ("string_invalid_surrogate", #"{"a":"\ud800abc"}"#),
            ("string_inverted_surrogates_U+1D11E", #"{"a":"\uDd1e\uD834"}"#),
            ("string_lone_second_surrogate", #"{"a":"\uDFAA"}"#),
        ])
    func surrogates(name: String, line: String) throws {
        let seen = try SeenInput(Array(line.utf8), format: .jsonLines)
        #expect(seen.lines == ["!lone_surrogate@1"])
    }

    @Test(
        "Bytes that are not UTF-8 are a problem of their record",
        arguments: [
            ("string_UTF-8_invalid_sequence", [0xE6, 0x97, 0xA5, 0xD1, 0x88, 0xFA]),
            ("string_UTF8_surrogate_U+D800", [0xED, 0xA0, 0x80]), ("string_invalid_utf-8", [0xFF]),
            ("string_iso_latin_1", [0xE9]), ("string_lone_utf8_continuation_byte", [0x81]),
            ("string_not_in_unicode_range", [0xF4, 0xBF, 0xBF, 0xBF]),
            ("string_overlong_sequence_2_bytes", [0xC0, 0xAF]),
            ("string_overlong_sequence_6_bytes", [0xFC, 0x83, 0xBF, 0xBF, 0xBF, 0xBF]),
            ("string_overlong_sequence_6_bytes_null", [0xFC, 0x80, 0x80, 0x80, 0x80, 0x80]),
            ("string_truncated-utf-8", [0xE0, 0xFF]),
        ] as [(String, [UInt8])])
    func encodings(name: String, bytes: [UInt8]) throws {
        let line = Array("{\"a\":\"".utf8) + bytes + Array("\"}".utf8)
        #expect(try SeenInput(line, format: .jsonLines).lines == ["!invalid_utf8@1"])
    }

    @Test("Five hundred nested arrays are accepted, and so is a byte order mark")
    func structures() throws {
        let arrays = String(repeating: "[", count: 500) + String(repeating: "]", count: 500)
        let nested = try SeenInput(Array("{\"a\":\(arrays)}".utf8), format: .jsonLines)
        #expect(nested.lines == [arrays])
        #expect(try SeenInput(Array("\u{FEFF}{}".utf8), format: .jsonLines).lines == [""])
    }
}
