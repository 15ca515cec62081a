extension Workspace {
    /// The JSON text of a small commented workspace to start with.
    ///
    ///     let workspace = try Workspace(json: Workspace.example)
    ///
    /// Every key that begins with `_` (except `_id`) or `$` is a comment.
    public static let example = #"""
        {
          "$schema": "./workspace.schema.json",
          "_comment": [
            "A workspace for mava-bulk sandbox. Keys that begin with _ (but _id) or $ are comments.",
            "Only apiKeys and each _id, id and name are required; docs/sandbox.md has the defaults."
          ],
          "organisations": [
            {
              "name": "Acme",
              "_apiKeys": "Any of these in x-auth-token opens this organisation. No secrets here.",
              "apiKeys": ["acme-rehearsal-key"],
              "agents": [
                {"id": "6630a1f4c2b9e4a1d8f00b21", "email": "ada@acme.example", "username": "Ada"},
                {"id": "6630a1f4c2b9e4a1d8f00b22", "email": "grace@acme.example", "username": "Grace"},
                {
                  "_comment": "An agent who signed up with a wallet has no e-mail address.",
                  "id": "6630a1f4c2b9e4a1d8f00b23",
                  "walletAddress": "0x52908400098527886E0F7030069857D2E4169EE7"
                },
                {
                  "_comment": "A departed agent: not listed, not assignable, but still on old tickets.",
                  "id": "6630a1f4c2b9e4a1d8f00b24", "username": "Linus", "archived": true
                }
              ],
              "categories": [
                {"id": "6630a2b8c2b9e4a1d8f00c01", "name": "Billing"},
                {"id": "6630a2b8c2b9e4a1d8f00c02", "name": "Login"},
                {"id": "6630a2b8c2b9e4a1d8f00c03", "name": "Old campaign", "archived": true}
              ],
              "tickets": [
                {
                  "_id": "665f1c0ac2b9e4a1d8f10001",
                  "status": "Open",
                  "priority": 1,
                  "category": "6630a2b8c2b9e4a1d8f00c01",
                  "assignedTo": "6630a1f4c2b9e4a1d8f00b21",
                  "sourceType": "email",
                  "tags": ["refund"],
                  "customer": {"name": "Sam", "email": "sam@customer.example"},
                  "createdAt": "2024-06-04T13:52:10Z"
                },
                {
                  "_comment": "Assigned to somebody who has left: a reassignment should find it.",
                  "_id": "665f2d1bc2b9e4a1d8f10002",
                  "status": "Pending",
                  "priority": 2,
                  "category": "6630a2b8c2b9e4a1d8f00c02",
                  "assignedTo": "6630a1f4c2b9e4a1d8f00b24",
                  "sourceType": "discord"
                },
                {
                  "_comment": "In the hands of the AI: assigning it hands it over.",
                  "_id": "665f3e2cc2b9e4a1d8f10003",
                  "status": "Waiting",
                  "aiStatus": "Active",
                  "sourceType": "web",
                  "messages": [
                    {"messageType": "Text", "content": "I cannot log in.", "fromCustomer": true}
                  ]
                },
                {
                  "_comment": "A status that listings show and updates do not take.",
                  "_id": "665f4f3dc2b9e4a1d8f10004",
                  "status": "Spam",
                  "sourceType": "telegram"
                },
                {"_id": "665f504ec2b9e4a1d8f10005", "status": "Resolved", "csat": 5}
              ]
            },
            {
              "name": "Globex",
              "_comment": "A second organisation: neither sees anything of the other.",
              "apiKeys": ["globex-rehearsal-key"],
              "agents": [{"id": "6631b205c2b9e4a1d8f00d01", "email": "kim@globex.example"}],
              "categories": [{"id": "6631b2c9c2b9e4a1d8f00e01", "name": "Support"}],
              "tickets": [{"_id": "6660615fc2b9e4a1d8f20001", "sourceType": "email"}]
            }
          ]
        }

        """#
}
