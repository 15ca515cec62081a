import BulkSystem

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Whose certificates are trusted: `--ca-file`, else `SSL_CERT_FILE` and `SSL_CERT_DIR`, else the system's.
///
/// An unusable file is reported before anything is sent; libcurl would report it only at the first request.
struct TrustedAuthorities {
    var file: String?
    var directory: String?

    /// The system's collections are a fifth of a megabyte.
    private static let longestFile = 16 << 20

    /// Finds the authorities and checks the files.
    ///
    /// - Parameters:
    ///   - option: The file that the command line names.
    ///   - environment: The environment's variables.
    /// - Throws: A ``CommandFailure`` of wrong usage when a file holds no certificates.
    init(option: String?, environment: [String: String]) throws {
        if let option {
            try Self.check(option, "--ca-file")
            file = option
            return
        }
        if let path = environment["SSL_CERT_FILE"], !path.isEmpty {
            try Self.check(path, "SSL_CERT_FILE")
            file = path
        }
        if let path = environment["SSL_CERT_DIR"], !path.isEmpty {
            guard path.split(separator: ":").contains(where: { FilePath.isDirectory(String($0)) })
            else { throw CommandFailure.usage("SSL_CERT_DIR names no directory: \(path)") }
            directory = path
        }
    }

    private static func check(_ path: String, _ source: String) throws {
        guard FilePath.isRegularFile(path) || !FilePath.exists(path) else {
            throw CommandFailure.usage(
                "\(source) \(path) is not a regular file; save the certificates in one")
        }
        let bytes: [UInt8]
        do throws(FileError) {
            bytes = try contents(of: path)
        } catch {
            throw CommandFailure.usage("\(source) cannot be used: \(error)")
        }
        if let problem = problem(in: bytes) {
            throw CommandFailure.usage("\(source) \(path) \(problem)")
        }
    }

    private static func contents(of path: String) throws(FileError) -> [UInt8] {
        var reader = try FileReader(path)
        var bytes: [UInt8] = []
        var isMore = true
        while isMore {
            let piece = try reader.read(upTo: longestFile)
            bytes += piece
            isMore = !piece.isEmpty && bytes.count <= longestFile
        }
        return bytes
    }

    /// Why bytes are not certificates in PEM; `nil` when they are.
    static func problem(in bytes: [UInt8]) -> String? {
        let text = String(decoding: bytes, as: UTF8.self)
        let labels = ["CERTIFICATE", "TRUSTED CERTIFICATE", "X509 CERTIFICATE"]
        var found = 0
        var label: String?
        var body = ""
        for line in text.split(whereSeparator: \.isNewline) {
            let line = line.trimmingWhitespace
            if line.hasPrefix("-----BEGIN "), line.hasSuffix("-----") {
                label = String(line.dropFirst(11).dropLast(5))
                body = ""
            } else if line.hasPrefix("-----END ") {
                if let label, labels.contains(label) {
                    guard let der = Data(base64Encoded: body), der.first == 0x30, der.count > 64
                    else { return "holds a certificate that is damaged (number \(found + 1))" }
                    found += 1
                }
                label = nil
            } else if label != nil {
                body += line
            }
        }
        if let label, labels.contains(label) {
            return "ends in the middle of a certificate (number \(found + 1))"
        }
        if found > 0 { return nil }
        if bytes.first == 0x30 {
            return "is not PEM but DER; convert it with: openssl x509 -inform der -outform pem"
        }
        return "holds no certificate in PEM (a line -----BEGIN CERTIFICATE-----)"
    }
}

extension Substring {
    fileprivate var trimmingWhitespace: Substring {
        var text = self
        while text.last?.isWhitespace == true { text.removeLast() }
        while text.first?.isWhitespace == true { text.removeFirst() }
        return text
    }
}
