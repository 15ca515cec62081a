extension PlanHeader {
    /// What the options of the plan permit beyond its rows, as bytes that the plan's id covers after the rows.
    ///
    /// It is empty where they permit nothing: then the id is the hash of the rows. So an approval of a plan is none of
    /// another one that has the same rows and permits more.
    var permissions: [UInt8] {
        var texts: [String] = []
        if allowsHandOff { texts.append("ai-handoff") }
        if let unread { texts.append("unread \(unread.rawValue)") }
        return Array(texts.map { "permits \($0)\n" }.joined().utf8)
    }
}
