package import BulkSystem

extension PlanHeader {
    /// The part of an input that a plan is for, where several jobs share the input.
    public struct Shard: Codable, Hashable, Sendable {
        /// The shard's number, from 1.
        public var index: Int
        /// The number of shards.
        public var count: Int
        /// The SHA-256 of the options that decide what becomes of a row, 64 hex digits.
        ///
        /// Plans of two shards that have the same number here were made with the same options.
        public var optionsSHA256: String

        private enum CodingKeys: String, CodingKey {
            case index
            case count
            case optionsSHA256 = "optionsSha256"
        }

        /// Makes a shard from its parts.
        public init(index: Int, count: Int, optionsSHA256: String) {
            self.index = index
            self.count = count
            self.optionsSHA256 = optionsSHA256
        }

        /// Reads a shard as a plan's header and run.json have it.
        package init?(reading value: inout JSONCursor) {
            self.init(index: 0, count: 0, optionsSHA256: "")
            var shard = self
            let isWhole: Void? = value.object { key, value in
                switch key {
                case "index": shard.index = value.integer() ?? 0
                case "count": shard.count = value.integer() ?? 0
                case "optionsSha256": shard.optionsSHA256 = value.string() ?? ""
                default: return value.skip()
                }
                return true
            }
            guard isWhole != nil, shard.index >= 1, shard.index <= shard.count,
                shard.optionsSHA256.utf8.count == 64
            else { return nil }
            self = shard
        }

        /// The shard as an option takes it, such as `2/5`.
        package var name: String { "\(index)/\(count)" }
    }
}
