import BulkPlan

/// The values of one field in a plan's changes, with their names and their places in order.
///
/// Groups of equal changes are as many as 65,536, and their values are often few. So each value's text and
/// name are made once, and the order of two groups is a comparison of numbers. It is a class, so that
/// no group copies the references to its lists.
final class SummaryValues {
    /// How many places a group has: one for its size, and four for each field that it can change.
    static let placesPerGroup = 1 + 4 * TicketField.allCases.count

    let field: TicketField
    /// The field's place among all fields by their names, from 1.
    private let fieldPlace: UInt32
    /// The position of each value in the lists below, by the value's number.
    private var positions: [UInt32: Int] = [:]
    private var values: [FieldValue] = []
    private var names: [String] = []
    /// The changes made so far, by the positions of their values.
    private var changes: [Pair: PlanSummary.Change] = [:]

    private struct Pair: Hashable {
        var before: Int?
        var after: Int
    }

    /// The places of the values and of their names in order, from 1; equal ones share a place.
    private var valuePlaces: [UInt32] = []
    private var namePlaces: [UInt32] = []

    /// Finds the values of a field in a plan's changes.
    ///
    /// - Parameters:
    ///   - field: The field.
    ///   - changes: The changes.
    ///   - directory: The agents and categories there are.
    ///   - value: The value of a number.
    init(
        of field: TicketField, in changes: ChangeTally, _ directory: NameDirectory,
        _ value: (UInt32) -> FieldValue
    ) {
        self.field = field
        fieldPlace = UInt32(TicketField.allCases.count { $0.rawValue < field.rawValue } + 1)
        for (key, _) in changes.counts where key.fields.contains(FieldSet(field)) {
            for number in [key.before(field), key.after(field)] where positions[number] == nil {
                positions[number] = values.count
                let value = value(number)
                values.append(value)
                names.append(directory.name(of: value, field))
            }
        }
        valuePlaces = Self.places(values) { $0.isOrderedBefore($1) }
        namePlaces = Self.places(names, <)
    }

    /// The places of elements in an order; those of which neither is before the other share one.
    private static func places<Element>(
        _ elements: [Element], _ isBefore: (Element, Element) -> Bool
    ) -> [UInt32] {
        var places = Array(repeating: 0 as UInt32, count: elements.count)
        var place: UInt32 = 0
        var previous: Int?
        for index in elements.indices.sorted(by: { isBefore(elements[$0], elements[$1]) }) {
            if previous.map({ isBefore(elements[$0], elements[index]) }) ?? true { place += 1 }
            places[index] = place
            previous = index
        }
        return places
    }

    /// Appends the places by which a group's change of the field is compared: those of the field, of the old
    /// name, of the new name and of the new value.
    func appendPlaces(of key: ChangeTally.Key, to places: inout [UInt32]) {
        guard let after = positions[key.after(field)] else {
            return Self.appendNoPlaces(to: &places)
        }
        let before = key.isRead ? positions[key.before(field)] : nil
        places.append(fieldPlace)
        places.append(before.map { namePlaces[$0] } ?? 0)
        places.append(namePlaces[after])
        places.append(valuePlaces[after])
    }

    /// Appends the places of a field that does not change, which come before all others.
    static func appendNoPlaces(to places: inout [UInt32]) {
        for _ in 0..<4 { places.append(0) }
    }

    /// A group's change of the field; groups with the same change share it.
    func change(_ key: ChangeTally.Key) -> PlanSummary.Change? {
        guard let after = positions[key.after(field)] else { return nil }
        let before = key.isRead ? positions[key.before(field)] : nil
        let pair = Pair(before: before, after: after)
        if let known = changes[pair] { return known }
        let change = PlanSummary.Change(
            field: field, before: before.map { values[$0] }, after: values[after],
            beforeName: before.map { names[$0] }, afterName: names[after])
        changes[pair] = change
        return change
    }
}

extension ChangeTally.Key {
    /// The number of a ticket's priority before that has none.
    static let noPriority = UInt32.max

    /// The number of the value that the change replaces in a field.
    func before(_ field: TicketField) -> UInt32 {
        switch field {
        case .status: UInt32(statusBefore)
        case .priority:
            priorityBefore == .min
                ? Self.noPriority : UInt32(bitPattern: Int32(priorityBefore))
        case .categoryID: categoryBefore
        case .assignedTo: assigneeBefore
        }
    }

    /// The number of the value that the change writes to a field.
    func after(_ field: TicketField) -> UInt32 {
        switch field {
        case .status: UInt32(status)
        case .priority: UInt32(priority)
        case .categoryID: category
        case .assignedTo: assignee
        }
    }
}
